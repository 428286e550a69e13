from .layers import *
from .layer_utils import *
from .fc_net import *
from .optim import *
