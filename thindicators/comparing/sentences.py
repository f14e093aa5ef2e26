"""Sentences: every sentence that says how sure a figure, a difference or a trend is.

What belongs here: the closed list of such sentences, so that they can be read aloud together and held by a test. Which
of them is true of a figure is decided in `verdicts`. What is in braces is filled in with figures, places and times.
"""

from __future__ import annotations

LIMITS = "95% limits: {size} {way}"
LIMITS_AROUND_ZERO = "95% limits: from {lower} lower to {upper} higher"

COMPARED = "{verdict} than {area}: {figures}, {size} {way}{by} ({limits})"
BY_THE_COUNTS = " by the counts behind them"
"""Where a publisher prints fewer decimals than the difference has, the two printed figures give another one."""
COMPARED_SIMILAR = "No clear difference from {area}: {figures} ({limits})"
COMPARED_WITHOUT_LIMITS = "{verdict} than {area}: {figures}, {size} {way}{ratio}. {why}"
COMPARED_SAME = "The same as {area}: {figures}. {why}"
RATIO = " ({percent} of the figure of {area})"

SINCE = "{verdict}: {before}, {now} ({limits})"
SINCE_SIMILAR = "No clear change: {before}, {now} ({limits})"
SINCE_WITHOUT_LIMITS = "{verdict}: {before}, {now}. {why}"
SINCE_SAME = "The same: {before}, {now}. {why}"

TREND = "{course} over the last {count} figures, {start} to {end}, from {first} to {last} ({test})"
TREND_NONE = "No clear change over the last {count} figures, {start} to {end}: {first} at first, {last} at last ({test})"
LONG_RUN = (
    "{moved} over {count} figures from {start} to {end}: {first} at first, {last} at last ({test})"
)
LONG_RUN_NONE = (
    "No clear rise or fall over {count} figures from {start} to {end}: "
    "{first} at first, {last} at last ({test})"
)
CHI_SQUARED_TEST = "chi-squared test for trend, p {p}"
WEIGHTED_LINE_TEST = "straight line weighted by the limits, p {p}"
MANN_KENDALL_TEST = "Mann-Kendall test, p {p}"

RANKED = (
    "{place} of {of} {title}: clearly below {above}, clearly above {below}, "
    "not distinguishable from {rest}{missing}"
)
RANKED_AS_COUNTED = "{place} of {of} {title}, {how}{missing}"
COUNCILS_MISSING = "; no figure for {names}"
COUNCILS_WITHOUT = "; {count} others have no figure"

EVERYBODY_COUNTED = (
    "Everybody was counted, so there is no margin of error; "
    "one figure cannot tell whether the next will show the same"
)
MODELLED = "The figures are modelled, and the publisher states no margin of error"
NO_LIMITS = (
    "No limits are published for {who}, so that a difference cannot be told from chance: {figures}"
)
NO_LIMITS_OVER_TIME = (
    "A trend needs limits or counts, and not all of the last {count} figures have them"
)
UNRELIABLE = "The figure for {who} rests on too few answers to be compared: its standard error is {percent} of the figure"

NO_FIGURE = "There is no figure for {area} yet"
TOTALS = "A total depends on the size of the area, so that the two are not compared"
NO_LIKE_FIGURE = "There is no figure of {area} for {period} that was made in the same way"
TOO_FEW = "This needs {needed} figures of the same kind; {there_are}"
NOT_YEARLY = (
    "A recent trend needs figures of one a year, and the last {count} are up to {years} years apart"
)
NO_LATER_FIGURE = (
    "There is no later figure yet: the latest is for {period}, and the Plan began in {start}"
)
NO_LATER_FIGURE_BECAUSE = "There is no later figure: the latest is for {period}. {because}"
NO_BASELINE = "There is no comparable figure for {start}, the Plan’s first year"
PERIODS_OVERLAP = (
    "No figure up to {start}, the Plan’s first year, is for a time apart from that of the latest"
)

RANK_TOO_WIDE = (
    "Chance leaves too much open to give a place among {title}: "
    "anywhere between {best} and {worst} highest of {of}"
)
TOO_FEW_COUNCILS = (
    "Too few of the {title} have a comparable figure to give a place among them: {count}"
)
TOTALS_NOT_RANKED = "A total depends on the size of the area, so that it is given no place"
NO_RANK_WITHOUT_LIMITS = "No limits are published, so that a place cannot be told from chance"
ONLY_TOGETHER = (
    "It means something only together with what stands beside it, so that it is given no place"
)
NO_RANK_UNRELIABLE = "The figure rests on too few answers to be given a place"

JUDGED = (
    RANKED,
    RANKED_AS_COUNTED,
    COMPARED,
    COMPARED_SIMILAR,
    COMPARED_WITHOUT_LIMITS,
    COMPARED_SAME,
    SINCE,
    SINCE_SIMILAR,
    SINCE_WITHOUT_LIMITS,
    SINCE_SAME,
    TREND,
    TREND_NONE,
    LONG_RUN,
    LONG_RUN_NONE,
)
"""The sentences of verdicts."""

NOT_JUDGED = (
    NO_LIMITS,
    NO_LIMITS_OVER_TIME,
    UNRELIABLE,
    NO_FIGURE,
    TOTALS,
    NO_LIKE_FIGURE,
    TOO_FEW,
    NOT_YEARLY,
    NO_LATER_FIGURE,
    NO_LATER_FIGURE_BECAUSE,
    NO_BASELINE,
    PERIODS_OVERLAP,
    RANK_TOO_WIDE,
    TOO_FEW_COUNCILS,
    TOTALS_NOT_RANKED,
    NO_RANK_WITHOUT_LIMITS,
    ONLY_TOGETHER,
    NO_RANK_UNRELIABLE,
)
"""The sentences that say why there is no verdict; an indicator's own file may give others."""
