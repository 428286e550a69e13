"""A run's folder made of score sheets, and gradebooks as each system exports them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.grading.journal import sheet_message, write_json
from grader.records import Outcome, Person, ScoreSheet, Verdict
from tests.scoring.made import item, sheet, verdict

ITEMS = [item("out", "4", title="tanh"), item("dz", "6", title="Backwards through tanh")]
RIGHT, WRONG, OPEN = Outcome.CORRECT, Outcome.WRONG, Outcome.AWAITING_MARK
FAULT, NOTHING = Outcome.GRADER_FAULT, Outcome.NOT_SUBMITTED

AMBER = Person(student_id="1001", name="Fox, Amber", email="amber@example.edu")
BIRCH = Person(student_id="1002", name="Swan, Birch", email="birch@example.edu")
CALM = Person(student_id="1003", name="Badger, Calm", email="calm@example.edu")
DUSK = Person(student_id="1004", name="Heron, Dusk", email="dusk@example.edu")

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Warm-up (70),Homework 3 (71),"
    "Homework 3 late (72),Assignments Current Points,Final Score\r\n"
    ",,,,,,Manual Posting,,,(read only),(read only)\r\n"
    "    Points Possible,,,,,,5,10,10,(read only),(read only)\r\n"
    '"Fox, Amber",1001,0100,amber,"Lec 1, Dis 2",=1+1,4,,,4,80\r\n'
    '"Swan, Birch",1002,0200,birch,Lec 1,,3,7.5,,10.5,70\r\n'
    '"Badger, Calm",1003,0300,calm,Lec 1,,3,EX,,3,60\r\n'
    '"Heron, Dusk",1004,0400,dusk,Lec 1,,3,8,,11,60\r\n'
    '"Student, Test",1999,,f00,Lec 1,,,,,,\r\n'
)
CANVAS_IN_EUROPE = (
    "Student;ID;SIS Login ID;Section;Homework 3 (71);Final Score\n"
    "    Points Possible;;;;10,0;(read only)\n"
    "Fox, Amber;1001;amber;Lec 1;;80,5\n"
    "Swan, Birch;1002;birch;Lec 1;7,5;70\n"
)
MOODLE = (
    '\ufeffIdentifier,"Full name","ID number","Email address",Status,Grade,"Maximum Grade",'
    '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
    '"Feedback comments"\n'
    '"Participant 501","Amber Fox",1001,amber@example.edu,"Submitted for grading",,10.00,Yes,'
    '"Monday, 2 February 2026, 9:00 PM",-,\n'
    '"Participant 502","Birch Swan",1002,birch@example.edu,"Submitted for grading",7.50,10.00,Yes,'
    '-,"Tuesday, 3 February 2026, 9:00 PM","<p>good, so far</p>"\n'
    '"Participant 503","Calm Badger",1003,calm@example.edu,"Submitted for grading",2.00,10.00,No,'
    "-,-,\n"
)
MOODLE_IN_EUROPE = (
    "Identifier;Full name;Status;Grade;Maximum Grade;Last modified (grade)\n"
    "Participant 501;Amber Fox;Submitted;;10,00;-\n"
    "Participant 502;Birch Swan;Submitted;7,50;10,00;-\n"
)
GRADESCOPE = (
    "First Name,Last Name,SID,Email,Sections,section_name,Total Score,Max Points,Status,"
    "Submission ID,Submission Time,Lateness (H:M:S),View Count,Submission Count,1: old (10.0 pts)\n"
    "Amber,Fox,1001,amber@example.edu,Lec 1,,0.0,20.0,Graded,55,2026-02-02 21:00:00 -0800,"
    "00:00:00,2,3,0.0\n"
    "Birch,Swan,1002,birch@example.edu,Lec 1,,,20.0,Missing,,,,,,\n"
)
COURSE = (
    "First Name,Last Name,SID,Email,Sections,HW 2,HW 2 - Max Points,HW 2 - Submission Time,"
    "HW 2 - Lateness (H:M:S),HW 3,HW 3 - Max Points,HW 3 - Submission Time,"
    "HW 3 - Lateness (H:M:S),Total Lateness (H:M:S)\n"
    "Amber,Fox,1001,amber@example.edu,Lec 1,9.0,10.0,t,00:00:00,1.0,10.0,t,00:10:00,00:10:00\n"
    "Birch,Swan,1002,birch@example.edu,Lec 1,,10.0,,,,10.0,,,00:00:00\n"
)


def handed_in(person: Person, *outcomes: Outcome, name: str = "") -> ScoreSheet:
    """Return the sheet of one student."""
    return sheet(ITEMS, list(outcomes), name or f"s{person.student_id}", people=(person,))


def partly(person: Person, credit: str) -> ScoreSheet:
    """Return the sheet of one who has all of one item and a share of the other."""
    verdicts: Mapping[str, Verdict] = {"out": verdict(), "dz": verdict(Outcome.PARTIAL, credit)}
    return sheet(ITEMS, verdicts, f"s{person.student_id}", people=(person,))


def put_run(folder: Path, *sheets: ScoreSheet, state: str = "finished") -> Path:
    """Write a run's folder that holds these results, and return it."""
    (folder / "results").mkdir(parents=True)
    facts = {"format": 1, "rubric": "tiny", "seed": 7, "state": state}
    write_json(folder / "run.json", facts)
    for one in sheets:
        write_json(folder / "results" / f"{one.submission}.json", sheet_message(one))
    return folder
