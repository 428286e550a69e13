from .layers import *
from .layer_utils import *
from .conv_layers import *
from .conv_layer_utils import *
from .cnn import *
from .optim import *
