"""
Step 2 of a search, plan: the query as a ladder of tantivy queries, from the strictest to the loosest.

Weights were chosen on the public retrieval cases by measures that hold for any county's catalogue
(README.md gives the figures): titles of documents count several times as much as bodies.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kiosk.catalogue.search.index import (
    BODY_PAIRS,
    BODY_WORDS,
    DOCUMENTS,
    NUMBER,
    PASSAGES,
    TITLE_PAIRS,
    TITLE_WORDS,
    TOKENS,
    BestPassage,
    engine,
    schema,
)
from kiosk.catalogue.search.understand import SHORT, ParsedQuery, QueryPart
from kiosk.catalogue.search.ways import Scope
from kiosk.catalogue.text.tokens import FUNCTION_WORDS, Cutter, bigrams, is_han, phrase

INNER_WEIGHT = 0.5
"""Weight of an official word beside the words of the query itself."""
SURE_BOOST, WORDS_BOOST = 100.0, 10.0
"""A verbatim match ranks before a match of all words, and that before a match of some."""
PASSAGE_OF_QUESTION, PASSAGE_OF_NAME = 1.0, 0.25
"""
Weight of a document's best passage beside the whole document: more for a question, whose words occur together in its
answer, less for a name, which occurs in a title.
"""
PAIR_OF_PASSAGE = 2.0
"""
Weight of a word of two characters: longer words are indexed with the words inside them, single characters say less.
"""
OF_THE_TOPIC = 100.0
"""A document filed under a life event ranks before one that only has a word of it in its title."""
EXACT_NUMBER, PARTIAL_NUMBER = 1000.0, 300.0


@dataclass(frozen=True)
class Weights:
    """The weight of a match in each field."""

    title_words: float = 12.0
    title_pairs: float = 3.0
    body_words: float = 1.0
    body_pairs: float = 1.0


WEIGHTS = Weights()
OF_NOWHERE = Weights(title_words=4.0, title_pairs=1.0)
"""A name that no document contains verbatim may be a short sentence: titles count less."""
OF_QUESTIONS = Weights(title_words=0.0, title_pairs=0.0, body_pairs=2.0)
"""A question shares words with many titles by chance: only a title with most of its words counts (NAMED)."""
ONE_CHARACTER = 0.2
"""Weight of a single character or letter beside the other words of a title."""
LETTERED = 4
"""Characters: a name up to this length may be spread over a title (法宣 in 法治宣传教育)."""
LETTERED_SCORE = 5.0
FEW, BODY_OF_FEW = 3, 0.2
"""Characters up to which a word occurs in many bodies incidentally, and the weight of such a match."""
MOST_CHARACTERS = 16
"""Characters whose query is kept (67 KB each), for names share them and one types a name key by key."""
SECOND = "\u3400-\u9fff\uf900-\ufaff"
"""
Second characters of a pair, without those of four bytes, which stand in no title but as rare names: with them, or with
any character, such a query takes 1.1 ms instead of 0.07 to make and is twice as large.
"""
NAMED, NAMED_WEIGHT = 0.65, 20.0
"""A title with this share of the words of a long query counts as its name (names of services are long)."""
CARD = 1_000_000.0
"""The score of a card of the directory that was asked for, above what any text can have."""


class Ladder:
    """The builder of the tantivy queries ("rungs") for one query."""

    def __init__(
        self,
        cutter: Cutter,
        weights: Weights = WEIGHTS,
        of_questions: Weights = OF_QUESTIONS,
        of_nowhere: Weights = OF_NOWHERE,
    ) -> None:
        self._cutter = cutter
        self._weights = weights
        self._of_questions = of_questions
        self._of_nowhere = of_nowhere
        self._query = engine().Query
        self._occur = engine().Occur

    def sure(self, asked: ParsedQuery) -> Any | None:
        """
        Return the query for documents that contain the text, or its official word, verbatim; None for whole
        questions.
        """
        if asked.numbers:
            return self._number(asked)
        if not asked.parts or any(len(part.text) > SHORT and not part.text.isascii() for part in asked.parts):
            return None
        return self._all([self._part(part) for part in asked.parts])

    def loose(self, asked: ParsedQuery, is_found: bool = True) -> Any:
        """
        Return the query for documents that share words or bigrams, without function words, synonyms as phrases.

        is_found: Whether any document contains the text verbatim.
        """
        words, pairs = self._said(asked), _pairs(asked)
        is_name = asked.is_name
        weights = (self._weights if is_found else self._of_nowhere) if is_name else self._of_questions
        choices = [] if is_name and is_found else self._named(words)
        choices += self._in_titles(words, weights.title_words)
        choices += self._terms(BODY_WORDS, words, weights.body_words)
        choices += self._terms(TITLE_PAIRS, pairs, weights.title_pairs)
        choices += self._terms(BODY_PAIRS, pairs, weights.body_pairs)
        choices += self._lettered(asked) if is_name else []
        meant = self._weights if is_name else self._of_questions
        for part in asked.parts:
            choices += [self._weighed(reading, weight, meant) for reading, weight in part.readings]
            choices += [self._one_of(officials, meant) for _word, officials in part.inner]
        return self._any(choices)

    def _in_titles(self, words: Sequence[str], weight: float) -> list[Any]:
        single = [word for word in words if len(word) == 1]
        longer = [word for word in words if len(word) > 1]
        alone = weight * ONE_CHARACTER if longer else weight
        return [*self._terms(TITLE_WORDS, longer, weight), *self._terms(TITLE_WORDS, single, alone)]

    def _lettered(self, asked: ParsedQuery) -> list[Any]:
        """Return the query for titles with every character of a short name, in any order."""
        characters = list(dict.fromkeys(asked.typed))
        if not 2 <= len(characters) <= LETTERED or not is_han(asked.typed):
            return []
        each = [_anywhere(character) for character in characters]
        return [self._query.const_score_query(self._all(each), LETTERED_SCORE)]

    def _named(self, words: Sequence[str]) -> list[Any]:
        """Return the query for titles with most of these words."""
        longer = list(dict.fromkeys(word for word in words if len(word) > 1))
        if len(longer) < 2:
            return []
        fewest = max(2, math.ceil(len(longer) * NAMED))
        terms = self._terms(TITLE_WORDS, longer, NAMED_WEIGHT)
        return [
            self._query.boolean_query(
                [(self._occur.Should, term) for term in terms], minimum_number_should_match=fewest
            )
        ]

    def _said(self, asked: ParsedQuery) -> list[str]:
        words = (word for part in asked.parts for word in self._cutter.words(part.text))
        return [word for word in words if word not in FUNCTION_WORDS]

    def passages(self, asked: ParsedQuery) -> Any | None:
        """Return the query for passages that share words with the text; None if it has no words."""
        choices = [self._passage_term(word) for word in dict.fromkeys(self._said(asked))]
        for part in asked.parts:
            choices += [self._in_passage([reading], weight) for reading, weight in part.readings]
            choices += [self._in_passage(officials, INNER_WEIGHT) for _word, officials in part.inner]
        return self._any(choices) if choices else None

    def _passage_term(self, word: str) -> Any:
        term = self._query.term_query(schema(PASSAGES), TOKENS, word, "freq")
        return self._query.boost_query(term, PAIR_OF_PASSAGE) if len(word) == 2 else term

    def _in_passage(self, meanings: Sequence[str], weight: float) -> Any:
        """Return the query for the best of several synonyms; one that the dictionary does not know, by its pieces."""
        each = [
            self._all([self._passage_term(word) for word in dict.fromkeys(self._cutter.longest(meaning))])
            for meaning in meanings
        ]
        return self._query.boost_query(self._query.disjunction_max_query(each), weight)

    def of_documents(self, query: Any, ids: Iterable[str]) -> Any:
        """Return the query restricted to passages of these documents."""
        own = [self._constant("id", doc_id, 0.0, PASSAGES) for doc_id in ids]
        return self._all([query, self._any(own)])

    def with_passages(self, query: Any, best: Iterable[BestPassage], weight: float) -> Any:
        """Return the query with documents moved up by the score of their best passage."""
        moved = [self._constant("id", place.doc_id, weight * place.score) for place in best]
        return self._any([query, *moved]) if moved else query

    def _one_of(self, officials: Sequence[str], weights: Weights) -> Any:
        """
        Return the query for the official words of an everyday one: they are synonyms, so only the best match counts.
        """
        each = [self._verbatim(official, weights) for official in officials]
        best = self._query.disjunction_max_query(each)
        return self._query.boost_query(best, INNER_WEIGHT)

    def every_word(self, asked: ParsedQuery) -> Any | None:
        """Return the query for documents with every word of a short text; None if that is no different from `sure`."""
        parts = [self._content(part) for part in asked.parts]
        if not asked.is_name or asked.numbers or sum(map(len, parts)) < 2:
            return None
        each = []
        for part, content in zip(asked.parts, parts, strict=True):
            choices = [self._weighed(reading, weight) for reading, weight in part.readings]
            if content:
                choices.append(self._all(content))
            each.append(self._any(choices))
        return self._all(each)

    def _content(self, part: QueryPart) -> list[Any]:
        """Return a query for each content word; an everyday word is also found by its official ones."""
        known = [
            self._any([self._verbatim(each) for each in (word, *official)]) for word, official in part.inner
        ]
        rest = part.text
        for word, _official in part.inner:
            rest = rest.replace(word, " ")
        words = [word for word in self._cutter.words(rest) if word not in FUNCTION_WORDS]
        longer = [word for word in dict.fromkeys(words) if len(word) > 1]
        return known + [self._word(word) for word in longer or ([] if known else words[:1])]

    def _word(self, word: str) -> Any:
        title = self._terms(TITLE_WORDS, [word], self._weights.title_words)
        return self._any([*title, *self._terms(BODY_WORDS, [word], self._weights.body_words)])

    def rungs(self, asked: ParsedQuery, is_found: bool = True) -> list[Any]:
        """
        Return the ladder: each query includes those before it and scores their matches first; `is_found` as for
        loose.
        """
        steps = [
            (self.sure(asked), SURE_BOOST),
            (self.every_word(asked), WORDS_BOOST),
            (self.loose(asked, is_found), 1.0),
        ]
        ladder: list[Any] = []
        for query, boost in steps:
            if query is not None:
                boosted = self._query.boost_query(query, boost)
                ladder.append(self._any([ladder[-1], boosted]) if ladder else boosted)
        return ladder

    def with_cards(self, query: Any, doc_ids: Sequence[str]) -> Any:
        """Return the query with the cards of the organ that was asked for before all else."""
        return (
            self._any([query, *(self._constant("id", doc_id, CARD) for doc_id in doc_ids)])
            if doc_ids
            else query
        )

    def passage_weight(self, asked: ParsedQuery) -> float:
        """Return the weight of a document's best passage beside the whole document."""
        return PASSAGE_OF_NAME if asked.is_name else PASSAGE_OF_QUESTION

    def _number(self, asked: ParsedQuery) -> Any:
        exact, *partial = asked.numbers
        choices = [self._constant(NUMBER, exact, EXACT_NUMBER)]
        choices += [self._constant(NUMBER, number, PARTIAL_NUMBER) for number in partial]
        cited = phrase(asked.typed)
        if len(cited) > 1:
            choices.append(self._query.phrase_query(schema(), BODY_PAIRS, cited))
        return self._any(choices)

    def _constant(self, field: str, value: str, score: float, folder: str = DOCUMENTS) -> Any:
        term = self._query.term_query(schema(folder), field, value, "basic")
        return self._query.const_score_query(term, score)

    def _part(self, part: QueryPart) -> Any:
        return self._any([self._weighed(text, weight) for text, weight in ((part.text, 1.0), *part.readings)])

    def _weighed(self, text: str, weight: float, weights: Weights | None = None) -> Any:
        return self._query.boost_query(self._verbatim(text, weights), weight)

    def filtered(self, query: Any, only: Mapping[str, str], folder: str = DOCUMENTS) -> Any:
        """Return the query restricted to documents (or passages of documents) with these facet values."""
        if not only:
            return query
        wanted = [self._constant(field, value, 0.0, folder) for field, value in only.items()]
        return self._all([query, *wanted])

    def scoped(self, scope: Scope) -> Any:
        """
        Return the query for all documents of a scope; those filed under its topic score before those with a word of
        it.
        """
        wanted = [
            self._any([self._constant(field, value, 0.0) for value in values])
            for field, values in scope.facets
        ]
        either = [self._constant("topic", topic, OF_THE_TOPIC) for topic in scope.topics]
        either += [self._in_title(word) for word in scope.words]
        if either:
            wanted.append(self._any(either))
        return self._all(wanted) if wanted else self._query.all_query()

    def _in_title(self, text: str) -> Any:
        if len(text) == 2 and self._cutter.knows(text):
            return self._query.term_query(schema(), TITLE_WORDS, text, "freq")
        return self._string(TITLE_PAIRS, phrase(text))

    def _verbatim(self, text: str, weights: Weights | None = None) -> Any:
        """
        Return the query for the text as a word if it is one (低保 does not match 降低保费), else as an unbroken
        string.
        """
        weights = weights or self._weights
        body = BODY_OF_FEW if len(text) <= FEW else 1.0
        if len(text) == 1 and is_han(text):
            return self._one_character(text)
        tokens = phrase(text)
        choices = [
            self._query.boost_query(self._string(TITLE_PAIRS, tokens), weights.title_pairs),
            self._query.boost_query(self._string(BODY_PAIRS, tokens), body * weights.body_pairs),
        ]
        if len(text) == 2 and is_han(text) and self._cutter.knows(text):
            choices = self._terms(TITLE_WORDS, [text], weights.title_words)
            choices += self._terms(BODY_WORDS, [text], body * weights.body_words)
        return self._any(choices)

    def _one_character(self, character: str) -> Any:
        """Return the query for titles with the character anywhere, or bodies with it as a word of its own."""
        anywhere = _anywhere(character)
        choices = self._terms(TITLE_WORDS, [character], self._weights.title_words)
        choices += self._terms(BODY_WORDS, [character], self._weights.body_words)
        return self._any([self._query.const_score_query(anywhere, 1.0), *choices])

    def _string(self, field: str, tokens: list[tuple[int, str]]) -> Any:
        if not tokens:
            return self._query.empty_query()
        if len(tokens) == 1:
            return self._query.term_query(schema(), field, tokens[0][1], "freq")
        return self._query.phrase_query(schema(), field, tokens)

    def _terms(self, field: str, terms: Sequence[str], weight: float) -> list[Any]:
        if not weight:
            return []
        made = (self._query.term_query(schema(), field, term, "freq") for term in dict.fromkeys(terms))
        return [self._query.boost_query(term, weight) for term in made]

    def _any(self, choices: Sequence[Any]) -> Any:
        return self._query.boolean_query([(self._occur.Should, choice) for choice in choices])

    def _all(self, choices: Sequence[Any]) -> Any:
        return self._query.boolean_query([(self._occur.Must, choice) for choice in choices])


@lru_cache(maxsize=MOST_CHARACTERS)
def _anywhere(character: str) -> Any:
    """Return the query for titles with this Chinese character, alone at an end or as the first of a pair."""
    return engine().Query.regex_query(schema(), TITLE_PAIRS, f"{character}[{SECOND}]?")


def _pairs(asked: ParsedQuery) -> list[str]:
    pairs = (pair for part in asked.parts for pair in bigrams(part.text))
    return [pair for pair in pairs if len(pair) > 1 and pair not in FUNCTION_WORDS]
