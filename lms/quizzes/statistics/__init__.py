"""Item statistics: what graded attempts tell about the questions of a quiz (pure).

Sums are of whole numbers and exact; each figure is rounded once, to a float, when it is complete. A
figure that is undefined, such as the correlation of something that never varies, is None.

The definitions are those of classical test theory as Moodle has them (MoodleDocs, "Quiz statistics
calculations" and, for what a figure should be, "Quiz report statistics"), so that figures can be
compared with Moodle's. As there, statistics are best made of each learner's first attempt only.
"""

from .concerns import ENOUGH, item_concerns, letter, quiz_concerns
from .figures import ItemStatistics, OptionStatistics, QuizStatistics, quiz_statistics
from .sitting import Item, Sitting, draws_of, items_of, option_numbers, sitting_of
from .timing import PAUSE, Save, time_per_question

__all__ = [
    "ENOUGH",
    "PAUSE",
    "Item",
    "ItemStatistics",
    "OptionStatistics",
    "QuizStatistics",
    "Save",
    "Sitting",
    "draws_of",
    "item_concerns",
    "items_of",
    "letter",
    "option_numbers",
    "quiz_concerns",
    "quiz_statistics",
    "sitting_of",
    "time_per_question",
]
