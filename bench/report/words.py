"""What a report's words mean: for readers who have nothing but the report."""

import re

_TEXT = """
profile: how big the experiments are. Quick takes minutes on two cores, overnight hours, paper is as near
    to the published recipe as the suite goes
supported: every difference that the claim names lies beyond its bound (0 where none is named). Contradicted:
    at least one lies short of it; others may not. Undecided: neither is shown, which is not "no effect"
steps: training steps, each with one batch of images. A verdict holds at the budget that it names
learning speed: marks a decided verdict on test or training error some of whose nets, frozen ones aside,
    stand above 20 % training error, at most 3 points below their test error. Such nets seem half trained, or
    small for the task: with more steps another may be better. Nets without the mark need not be trained out
closing, stable, early: where a straight line over several budgets leads, if the profile has a ladder of
    them. Closing: it heads for the claim's bound, and its interval reaches it within three doublings. Stable:
    its interval does not. Early: a doubling of the budget still gains a net more than the difference is
    worth. Without a ladder nothing is known of other budgets
seed: one repetition of all that chance decides: the split (which the members of an ensemble share), the
    search for settings where there is one, initial weights, the order of images
look: a number of seeds, declared beforehand, at which verdicts may be given. Each has its own level,
    and the levels of a profile's looks add up to 5 %
p, corrected: if the true difference lay at the claim's bound (0 where none is named), how often chance
    alone would show one as far from it, on either side, as the difference that decides. Then made larger
    for the number of claims that are tested (Holm), so an upper limit
paired: contenders of one seed that share a source, halves of the classes, or the runs that are averaged,
    are compared seed by seed, or set by set, so that the interval of their difference may be narrower than
    those of their own means
95 % interval: Student's t over seeds, where they are paired of their differences; else of differences as
    Welch's, with degrees of freedom halfway between his and those of the smaller sample (his alone are too
    many where spreads are uneven). It takes seeds for normal, so that near 0 it may reach below what an
    error can be
seeds needed, would be needed: to find a difference as large as the one seen with a power of 80 %, at the
    level and with the correction of that look
for other test images: whether a verdict holds when the test images, too, are taken for a sample, of a
    balanced error one from each class. Below 2,000 test images the interval for that is the one shown, and
    decides. Known of test errors, where all runs have seen the same test images
agree: said of two replicates' estimates whose difference lies within its 95 % interval (Welch's, here with
    his own degrees of freedom). Those without an interval are left out. Estimates of several claims may
    share runs. Where contenders of a seed share a split and are not paired, variances are too large, so that
    estimates lie closer together than expected
uneven spread: one side's standard deviation over seeds is more than three times the other's, so that levels
    are only roughly what they are said to be
it hangs on one seed: an open claim whose own p, not corrected, would be small enough without that seed: for
    example where one run did not learn. A size of an effect or a number of seeds says little then
fragile: without some one seed the estimate turns its sign, or its own p, not corrected, rises above 0.05.
    A verdict's p is corrected, so that others, too, may need all of their seeds
epochs to: the first time at a level of error, interpolated between the ends of epochs
some never got there: runs that never reached the level that a claim speaks of count as one epoch more than
    they had. Which side was first is known; how many epochs lie between is not, so there is no interval
untuned: no run searches for settings. Rates are the papers', or from a probe or trials of an earlier version
    where the suite file tells of one; else they were set by hand, and no other was tried
probe: a trial before any final run, with a split and seeds used nowhere else; the suite file says how large.
    Some chose rates by the validation error, which one seed tells apart only roughly; others only told what
    to expect
settings from the edge: marks a decided verdict on some contender with a setting from the end of what was
    tried, so that a better one may lie beyond it: every seed of a search took it from the outermost of the
    parts that its range is divided into (of three trials, a third), or of a probe's few rates the lowest or
    highest was the best
for these test images: the verdict is not shown where the test images, too, are taken for a sample
points: percentage points
training error: on training images without augmentation, after the last epoch. A running one is that of
    the augmented images while they are learnt from
balanced error: the mean of the classes' errors, where classes are unevenly frequent
frozen: layers that are not trained
validation error: on images held out from training, on which settings are chosen, where any are: that of
    the best of several trials is too low by what chance had in it
diverged: a run whose loss became infinite or no number. Tables count it at chance error
error on shifted test images: the mean over those shifted up, down, left and right by so many pixels; the
    edge goes on
unlikeness of filters at other places: 0 where each local filter has its like half a map away (by the cosine,
    its sign aside), 100 where the likest are as unlike as random ones; the mean of a layer's filters
MACs: multiply-accumulates to classify one image
hash: of the suite as it was declared. Another claim, profile or recipe gives another
"""


def words(page: str) -> list[tuple[str, str]]:
    """Each word that stands on a page, or in the meaning of one that does, with its meaning."""
    lines = _TEXT.strip().replace("\n    ", " ").splitlines()
    every = [(word, meaning) for word, _, meaning in (line.partition(": ") for line in lines)]
    kept: list[tuple[str, str]] = []
    text = page
    while found := [one for one in every if one not in kept and _stands(one[0], text)]:
        kept += found
        text = " ".join(meaning for _, meaning in found)
    return [one for one in every if one in kept]


def _stands(word: str, text: str) -> bool:
    """Whether the word, or one of several with commas between, stands in the text."""
    return any(re.search(rf"\b{re.escape(one)}(e?s)?\b", text, re.IGNORECASE) for one in word.split(", "))
