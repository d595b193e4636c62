import pytest

from moderation.terms import GAP, Terms, words_of


def test_terms_match_whole_words_only():
    terms = Terms(["ass", "rape"])

    assert not terms.find(words_of("grapes on a glass table, a class of assassins"))


def test_a_star_matches_any_ending_and_the_plural_comes_by_itself():
    terms = Terms(["behead*", "pipe bomb"])

    assert [found.term for found in terms.find(words_of("beheading with pipe bombs"))] == [
        "behead*",
        "pipe bomb",
    ]


def test_possessives_are_the_word_itself():
    assert words_of("the child's guru's kite") == ("the", "child", "guru", "kite")


def test_taking_a_phrase_out_leaves_a_gap_so_that_neighbours_stay_apart():
    terms = Terms(["shooting star"])

    assert terms.without(words_of("mass shooting star shooting")) == ("mass", GAP, "shooting")


def test_the_longest_phrase_is_taken_out():
    terms = Terms(["nude", "nude lipstick"])

    assert terms.without(words_of("a nude lipstick")) == ("a", GAP)


def test_a_tenants_term_is_never_a_pattern():
    terms = Terms(["(a+)+$", "c++ .*"])

    assert terms.find(words_of("a")) == Terms(["a"]).find(words_of("a"))
    assert not terms.find(words_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaab"))


def test_a_term_without_a_word_is_refused():
    with pytest.raises(ValueError, match="without a word"):
        Terms(["***"])
