"""Methods in plain words, each with an example that the method itself works out.

What belongs here: what the public page about comparing and `docs/methods.md` say of each method. Numbers in the text are
the constants of the code, and the results of the examples come from the functions, so that neither can go out of date.
"""

from __future__ import annotations

from dataclasses import dataclass

from thindicators.comparing.methods import long_run, recent_trend
from thindicators.comparing.methods.differences import limits_of_difference
from thindicators.comparing.methods.estimates import UNRELIABLE, Estimate, Proportion, from_counts
from thindicators.comparing.methods.long_run import mann_kendall
from thindicators.comparing.methods.ranks import WIDEST, rank_as_counted, rank_set
from thindicators.comparing.methods.recent_trend import trend_of_estimates, trend_of_proportions
from thindicators.observations.small_numbers import SMALL

_TECHNICAL_GUIDANCE = (
    "https://fingertips.phe.org.uk/static-reports/public-health-technical-guidance/"
)


@dataclass(frozen=True)
class Method:
    """One method, explained.

    Attributes:
        id: For a link to it.
        title: What it answers.
        words: What it does, in paragraphs.
        example: One case, worked out.
        source: Where the method is from.
        address: Of the source.
    """

    id: str
    title: str
    words: tuple[str, ...]
    example: str
    source: str
    address: str


UNCERTAINTY = (
    "The 95% limits of a figure show how far chance in who was asked could have moved it: of ranges made in this way, "
    "about 95 in 100 hold the true figure. Other errors, such as who does not answer, are not in them.",
    "About one comparison in twenty is called better or worse by chance alone, where nothing differs.",
    "“No clear difference” is no proof that there is none: the figures are not exact enough to tell.",
    "Where everybody was counted, there is no margin of error: in that year the figure was higher, or lower. Whether "
    "the next year will show the same, one figure cannot tell.",
    "Where a figure is modelled and its publisher states no margin of error, the difference is told as it stands.",
)
"""What the page says of uncertainty before it comes to the methods; nothing else of the kind is said there."""


def methods() -> tuple[Method, ...]:
    """All methods, in the order in which a reader needs them."""
    return (
        _limits_of_counts(),
        _limits_of_surveys(),
        _difference(),
        _as_it_stands(),
        _unreliable(),
        _recent_trend_of_counts(),
        _recent_trend_of_estimates(),
        _long_run(),
        _since_start(),
        _ranks(),
        _small_numbers(),
    )


def _limits_of_counts() -> Method:
    proportion = Proportion(15, 148)
    estimate = from_counts(proportion)
    return Method(
        id="limits-of-counts",
        title="Limits of a percentage of which everybody was counted",
        words=(
            "A council’s records hold every young person, and still another year’s young people would have done "
            "otherwise. So a percentage gets limits from how many were counted out of how many, by Wilson’s method.",
            "They are used to compare figures, and are not published as the publisher’s own.",
        ),
        example=(
            f"{proportion.count:g} out of {proportion.base:g} are {estimate.value:.1f}%; the limits are "
            f"{estimate.lower:.1f}% to {estimate.upper:.1f}%. The fewer are counted, the wider the limits."
        ),
        source="Wilson (1927); the example is from Newcombe (1998), table I",
        address="https://doi.org/10.1080/01621459.1927.10502953",
    )


def _limits_of_surveys() -> Method:
    design_effect = 1.5
    simple = from_counts(Proportion(560, 700))
    wider = from_counts(Proportion(560 / design_effect, 700 / design_effect))
    return Method(
        id="limits-of-surveys",
        title="Limits of the council’s survey of residents",
        words=(
            "Where the survey gives no limits, they are computed from the number of people asked. A survey with quotas "
            "or weights is less exact than a lottery would be: the number asked is divided by a design effect of "
            f"{design_effect:g}, until the survey’s own is known.",
            "Percentages of the survey are published as whole numbers. When two are compared, half a point for each is "
            "added to both ends of the limits.",
        ),
        example=(
            f"If 560 of 700 people agree, a lottery would give {simple.lower:.1f}% to {simple.upper:.1f}%; with the "
            f"design effect it is {wider.lower:.1f}% to {wider.upper:.1f}%."
        ),
        source="Kish, Survey Sampling (1965); Government Analysis Function, Communicating quality, uncertainty and change",
        address="https://analysisfunction.civilservice.gov.uk/policy-store/communicating-quality-uncertainty-and-change/",
    )


def _difference() -> Method:
    figure, other = from_counts(Proportion(56, 70)), from_counts(Proportion(48, 80))
    lower, upper = limits_of_difference(figure, other)
    return Method(
        id="differences",
        title="Whether two figures differ",
        words=(
            "From the limits of both figures the 95% limits of their difference are worked out. If these do not include "
            "zero, the figure is higher or lower; better or worse, where the indicator says which is which. Else there "
            "is no clear difference.",
            "For percentages this is Newcombe’s hybrid score method; for other figures, the method of variance estimates "
            "recovery, which is the same way of adding. It allows for limits that are not symmetric.",
            "A council is a part of its region and its country, and the method takes them to be independent. As they are "
            "not quite, it errs a little towards “no clear difference”.",
        ),
        example=(
            f"56 out of 70 are {figure.value:.1f}%, 48 out of 80 are {other.value:.1f}%. The difference is "
            f"{figure.value - other.value:.1f} percentage points, its limits {lower:.1f} to {upper:.1f}. Zero is not "
            "among them, so the first is higher."
        ),
        source="Newcombe (1998), method 10, example a; Zou and Donner (2008)",
        address="https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C873::AID-SIM779%3E3.0.CO;2-I",
    )


def _as_it_stands() -> Method:
    return Method(
        id="as-counted-or-modelled",
        title="Figures without limits",
        words=(
            "Some figures are counted in full without counts that we have, such as points at A level; some are modelled, "
            "such as air pollution or household income. They are called higher or lower, with the difference and, where "
            "they are not percentages, the ratio; never better or worse.",
            "Both are rounded to the decimals of the coarser one first.",
        ),
        example="3.409 and 3.4 do not differ: the second was published with one decimal, and 3.409 rounds to 3.4.",
        source="Office for Statistics Regulation, Code of Practice for Statistics",
        address="https://code.statisticsauthority.gov.uk/",
    )


def _unreliable() -> Method:
    estimate = Estimate(10.0, 5.0, 15.0)
    variation = estimate.coefficient_of_variation or 0
    return Method(
        id="unreliable",
        title="Figures that rest on too few answers",
        words=(
            "The standard error of a survey’s figure is the width of its limits divided by 3.92. If it is more than "
            f"{UNRELIABLE:.0%} of the figure, the figure is marked “u” for unreliable, and nothing is said of whether it "
            "is better or worse.",
        ),
        example=(
            f"A figure of 10% with limits from 5% to 15% has a standard error of {estimate.standard_error:.2f}, which is "
            f"{variation:.0%} of it: unreliable."
        ),
        source="Nomis, reliability of estimates",
        address="https://www.nomisweb.co.uk/",
    )


def _recent_trend_of_counts() -> Method:
    carriers = [Proportion(19, 516), Proportion(29, 589), Proportion(24, 293)]
    trend = trend_of_proportions([-1, 0, 1], carriers)
    return Method(
        id="recent-trend-of-counts",
        title="Recent trend of percentages of which everybody was counted",
        words=(
            f"The last {recent_trend.POINTS} figures of one series are taken, one a year, none of whose periods overlap. "
            "The chi-squared test for trend asks whether the counts rise or fall. Full counts scatter more than a "
            "lottery would, so that the statistic is divided by how much more.",
            f"A trend is clear if the statistic is above {recent_trend.CUT_OFF:g}, as it is by chance in fewer than 2 of "
            "1,000 cases, and if the slope keeps its sign whichever figure is left out.",
        ),
        example=(
            "Of 516, 589 and 293 children, with ever larger tonsils, 19, 29 and 24 carried a germ. The statistic is "
            f"{trend.chi_squared:.2f}, below {recent_trend.CUT_OFF:g}: not clear enough to be called a trend here."
        ),
        source="Office for Health Improvement and Disparities, technical guidance; the example is from Armitage (1955)",
        address=_TECHNICAL_GUIDANCE,
    )


def _recent_trend_of_estimates() -> Method:
    values = (7.0, 7.2, 7.4, 7.6, 7.8)
    estimates = [
        Estimate(
            value,
            value - 0.3,
            value + 0.3,
        )
        for value in values
    ]
    trend = trend_of_estimates([1, 2, 3, 4, 5], estimates)
    return Method(
        id="recent-trend-of-estimates",
        title="Recent trend of figures with limits",
        words=(
            f"A straight line is drawn through the last {recent_trend.POINTS} figures, in which each weighs the more, the "
            "narrower its limits are. The square of its slope, divided by the slope’s variance, is the statistic; what "
            "makes it clear is the same as for counts.",
        ),
        example=(
            "A score that rises from 7.0 by 0.2 a year to 7.8, each with limits of 0.3 either way, has a statistic of "
            f"{trend.chi_squared:.1f}: a clear rise."
        ),
        source="Office for Health Improvement and Disparities, technical guidance",
        address=_TECHNICAL_GUIDANCE,
    )


def _long_run() -> Method:
    figures = (53, 55, 54, 57, 58, 61, 60, 64)
    tendency = mann_kendall(figures)
    return Method(
        id="long-run",
        title="The long run",
        words=(
            "All figures of one series whose periods do not overlap are taken together, at least "
            f"{long_run.FEWEST}. The Mann-Kendall test, in its exact form, counts how many pairs of them rise and how "
            "many fall. A rise or fall is clear if chance gives one as strong in fewer than 2 of 1,000 cases. The usual "
            "1 in 20 would not do: surveys ask some people in up to four years, so that neighbouring figures share people.",
            "It says nothing of where the figures are going now.",
        ),
        example=(
            f"Of the {len(figures)} figures {', '.join(map(str, figures))} the later is higher in "
            f"{(tendency.score + 28) // 2} of 28 pairs. Chance gives that in {tendency.p:.4f} of all cases: a clear rise."
        ),
        source="Mann (1945)",
        address="https://doi.org/10.2307/1907187",
    )


def _since_start() -> Method:
    before, now = Estimate(62.8, 57.0, 68.6), Estimate(59.2, 52.0, 66.4)
    lower, upper = limits_of_difference(now, before)
    return Method(
        id="since-the-plan-began",
        title="Since the Plan began",
        words=(
            "The last figure whose period ends in the Plan’s first year is compared with the latest one, by the limits of "
            "their difference. If their periods overlap, the last figure before that does not overlap is taken.",
        ),
        example=(
            "62.8 years with limits of 57.0 to 68.6, and later 59.2 with limits of 52.0 to 66.4, differ by "
            f"{before.value - now.value:.1f} years; the limits of the difference, {lower:.1f} to {upper:.1f}, include "
            "zero: no clear change."
        ),
        source="Zou and Donner (2008)",
        address="https://doi.org/10.1002/sim.3095",
    )


def _ranks() -> Method:
    values = {"ours": 50.0, "b": 40, "c": 45, "d": 55, "e": 60, "f": 52}
    estimates = {
        area: Estimate(
            value,
            value - 3,
            value + 3,
        )
        for area, value in values.items()
    }
    ranks, plain = rank_set("ours", estimates), rank_as_counted("ours", values)
    return Method(
        id="ranks",
        title="Places among areas",
        words=(
            "Where everybody is counted, an area has the place that its figure gives it, and areas with one figure share "
            "their places. Where figures have limits, the area is compared with all others at once, and the places that "
            "chance cannot rule out are told: never a single place.",
            f"A range of more than {WIDEST} places, or of more than a third of all, helps nobody and is not told. "
            "Well-being is never ranked: the Office for National Statistics asks not to.",
        ),
        example=(
            "Six areas have 60, 55, 52, 50, 45 and 40, each with limits of 3 either way. As counted, 50 would be in place "
            f"{plain.best}; with its limits it is between place {ranks.best} and place {ranks.worst}."
        ),
        source="Mogstad, Romano, Shaikh and Wilhelm (2024)",
        address="https://doi.org/10.1093/restud/rdad006",
    )


def _small_numbers() -> Method:
    return Method(
        id="small-numbers",
        title="Small numbers that are withheld",
        words=(
            f"In what the council hands in, a count from {min(SMALL)} to {max(SMALL)} is withheld, so that nobody can be "
            "recognised in it. So is every further number without which a withheld one could be worked out: from the "
            "total, from other groups, or from an earlier release. All of them bear the same mark, so that none tells "
            "which of them is small.",
        ),
        example=(
            "Of a total of 56 with groups of 1, 5 and 50, the groups of 1 and 5 are both withheld, under the same mark: "
            "their sum is 6, and a reader cannot tell 1 and 5 from 2 and 4."
        ),
        source="Government Analysis Function, disclosure control for tables",
        address="https://analysisfunction.civilservice.gov.uk/policy-store/disclosure-control-for-tables/",
    )
