"""The mutants of a C++ file: one small change each, by tokens; texts, comments and directives stay as they are.

That the file is formatted helps: an operator with blanks about it is one of two sides, and no bracket of a template.
"""

import re
from dataclasses import dataclass

TOKEN = re.compile(r"""
    (?P<skip>\s+ | //[^\n]* | /\*.*?\*/ | ^\#[^\n]*(?:\\\n[^\n]*)*)
  | (?P<text>R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)" | "(?:\\.|[^"\\])*" | (?<![0-9a-fA-F])'(?:\\.|[^'\\])+')
  | (?P<number>\.?\d(?:[\w.']|[eEpP][+-])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign><=>|<<=|>>=|->|::|\+\+|--|<<|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
""", re.VERBOSE | re.DOTALL | re.MULTILINE)

OPERATORS = {"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="],
             "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"]}
OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = {end: begin for begin, end in OPENING.items()}
KEYWORDS = {"return", "if", "else", "for", "while", "switch", "case", "default", "break", "continue", "using", "const",
            "constexpr", "auto", "static", "struct", "class", "enum", "namespace", "template", "throw", "new", "delete"}


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    begin: int
    end: int


@dataclass(frozen=True)
class Mutant:
    begin: int
    end: int
    instead: str

    def apply(self, source):
        return source[:self.begin] + self.instead + source[self.end:]

    def line(self, source):
        return source.count("\n", 0, self.begin) + 1

    def lines(self, source):
        """The lines that it touches, before and after, each as one line without the blanks of its layout."""
        first = source.rfind("\n", 0, self.begin) + 1
        last = source.find("\n", self.end)
        last = len(source) if last < 0 else last
        after = source[first:self.begin] + self.instead + source[self.end:last]
        return " ".join(source[first:last].split()), " ".join(after.split())


def tokens_of(source):
    return [Token(match.lastgroup, match.group(), match.start(), match.end())
            for match in TOKEN.finditer(source) if match.lastgroup != "skip"]


def neighbours(headers):
    """Each constant of each enumeration in the headers' texts, by "Name::constant", and the one that follows it."""
    found = {}
    for header in headers:
        bare = re.sub(r"//[^\n]*|/\*.*?\*/", "", header, flags=re.DOTALL)
        for name, body in re.findall(r"enum\s+class\s+(\w+)[^{;]*\{([^}]*)\}", bare):
            constants = re.findall(r"(\w+)\s*(?:=[^,]*)?(?:,|$)", body.strip())
            for at, constant in enumerate(constants):
                if len(constants) > 1:
                    found[f"{name}::{constant}"] = constants[at + 1] if at + 1 < len(constants) else constants[at - 1]
    return found


class Finder:
    def __init__(self, source, following):
        self.source = source
        self.following = following
        self.tokens = tokens_of(source)
        self.found = []

    def text(self, at):
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def put(self, first, last, instead):
        """The tokens from first to last, both included, replaced."""
        mutant = Mutant(self.tokens[first].begin, self.tokens[last].end, instead)
        if mutant not in self.found and mutant.apply(self.source) != self.source:
            self.found.append(mutant)

    def all(self):
        for at, token in enumerate(self.tokens):
            if token.kind == "number":
                self.number(at)
            elif token.kind == "word":
                self.word(at)
            elif token.kind == "sign":
                self.sign(at)
            if token.text in (";", "{", "}", ")", "else", ":") and self.text(at + 1) not in OPENING:
                self.statement(at + 1)
        return sorted(self.found, key=lambda mutant: (mutant.begin, mutant.end, mutant.instead))

    def number(self, at):
        digits = re.fullmatch(r"(0[xX][0-9a-fA-F']+|[0-9']+)([uUlLzZ]*)", self.text(at))
        if digits is None:
            return
        value = int(digits[1].replace("'", ""), 0 if digits[1][:2] in ("0x", "0X") else 10)
        for other in (value - 1, value + 1):
            self.put(at, at, f"{other}{digits[2]}")

    def word(self, at):
        word = self.text(at)
        if word in ("true", "false"):
            self.put(at, at, "false" if word == "true" else "true")
        elif word == "if" and self.text(at + 1) == "(":
            self.condition(at + 1)
        elif word == "return":
            self.answer(at)
        if self.text(at - 1) == "::" and f"{self.text(at - 2)}::{word}" in self.following:
            self.put(at, at, self.following[f"{self.text(at - 2)}::{word}"])

    def sign(self, at):
        token = self.tokens[at]
        if self.source[token.begin - 1:token.begin].isspace() and self.source[token.end:token.end + 1].isspace():
            for other in OPERATORS.get(token.text, []):
                self.put(at, at, other)
        if token.text == "!":
            self.put(at, at, "")
        elif token.text == "?":
            self.choice(at)

    def partner(self, at):
        """Of an opening bracket, where it closes."""
        depth = 0
        for k in range(at, len(self.tokens)):
            depth += (self.text(k) in OPENING) - (self.text(k) in CLOSING)
            if depth == 0:
                return k
        raise ValueError(f"a bracket at {self.tokens[at].begin} is never closed")

    def condition(self, opening):
        """if (c): true, false and its opposite; with a declaration before it, or as it, these follow a semicolon."""
        closing = self.partner(opening)
        first = opening + 1
        for k in range(first, closing):
            if self.text(k) == ";":
                first = k + 1
        inner = range(first, closing)
        declared = [k for k in inner if self.text(k) == "="]
        written = self.source[self.tokens[first].begin:self.tokens[closing - 1].end]
        if declared:
            for other in ("true", "false", "!" + self.text(declared[0] - 1)):
                self.put(first, closing - 1, f"{written}; {other}")
        else:
            for other in ("true", "false", f"!({written})"):
                self.put(first, closing - 1, other)

    def choice(self, question):
        """c ? a : b: always the one, always the other."""
        depth, first = 0, question
        while first > 0:
            text = self.text(first - 1)
            depth += (text in CLOSING) - (text in OPENING)
            if depth < 0 or (depth == 0 and text in ("return", "=", ",", ";", ":", "?", "<<", "+=", "+")):
                break
            first -= 1
        for other in ("true", "false"):
            self.put(first, question - 1, other)

    def answer(self, at):
        """return nothing <-> return a rule."""
        words = [self.text(k) for k in range(at + 1, min(at + 5, len(self.tokens)))]
        if words == ["std", "::", "nullopt", ";"]:
            self.put(at + 1, at + 3, "Rule{}")
        elif words[:2] == ["Rule", "::"] and words[3:] == [";"]:
            self.put(at + 1, at + 3, "std::nullopt")

    def statement(self, at):
        """An assignment, a call or a return that is left out: what begins here, up to its semicolon."""
        if at >= len(self.tokens) or self.tokens[at].kind != "word":
            return
        end, assigned, called = at, False, False
        while end < len(self.tokens) and self.text(end) != ";":
            if self.text(end) in CLOSING or self.text(end) == "{":
                return  # the end of a block, a body, a list of initial values
            if self.text(end) in ("(", "["):
                called = called or self.text(end) == "("
                end = self.partner(end)
            assigned = assigned or self.text(end) in ("=", "+=", "-=", "|=", "&=")
            end += 1
        # Two words side by side declare something.
        declares = any(self.tokens[k].kind == "word" and self.tokens[k + 1].kind == "word" for k in range(at, end))
        if self.text(at) == "return" or (self.text(at) not in KEYWORDS and (assigned or called) and not declares):
            self.put(at, end, ";")


def mutants_of(source, headers):
    return Finder(source, neighbours(headers)).all()
