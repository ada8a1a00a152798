#!/usr/bin/env python3
"""What is made of a source, one sentence a case."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from mutants import mutants_of, neighbours  # noqa: E402

HEADER = """
enum class Rule : int {
  admit,  // the last one, in words
  full,
  quota
};
enum class Mode { once = 1, always };
"""


def made_of(source):
    return {mutant.apply(source) for mutant in mutants_of(source, [HEADER])}


class Mutants(unittest.TestCase):
    def test_each_comparison_becomes_its_neighbour_and_its_opposite(self):
        self.assertEqual(made_of("bool x = a < b;"), {"bool x = a <= b;", "bool x = a >= b;"})
        self.assertEqual(made_of("bool x = a == b;"), {"bool x = a != b;"})

    def test_the_brackets_of_templates_are_no_comparisons(self):
        self.assertEqual(made_of("std::optional<Rule> x;"), set())
        self.assertEqual(made_of("void f(T&& x);"), set())

    def test_and_becomes_or_and_plus_becomes_minus(self):
        self.assertEqual(made_of("bool x = a && b;"), {"bool x = a || b;"})
        self.assertEqual(made_of("int x = a + b;"), {"int x = a - b;"})

    def test_a_condition_becomes_true_and_false_and_its_opposite(self):
        self.assertEqual(made_of("if (a) g();"), {"if (true) g();", "if (false) g();", "if (!(a)) g();", "if (a) ;"})

    def test_a_condition_that_declares_keeps_its_name(self):
        self.assertLessEqual({"if (const X x = f(); true) {}", "if (const X x = f(); !x) {}"},
                             made_of("if (const X x = f()) {}"))

    def test_a_choice_becomes_always_the_one(self):
        self.assertLessEqual({"return true ? a : b;", "return false ? a : b;"}, made_of("return f(c) ? a : b;"))

    def test_whole_numbers_move_by_one_and_others_stay(self):
        self.assertEqual(made_of("int x = 1'000U;"), {"int x = 999U;", "int x = 1001U;"})
        self.assertEqual(made_of("double x = 1.5;"), set())

    def test_a_constant_becomes_the_next_of_its_enumeration(self):
        self.assertEqual(neighbours([HEADER])["Rule::quota"], "full")
        self.assertEqual(made_of("auto x = Rule::admit;"), {"auto x = Rule::full;"})
        self.assertEqual(made_of("auto x = sync::Mode::once;"), {"auto x = sync::Mode::always;"})

    def test_a_rule_that_is_returned_is_left_out(self):
        self.assertEqual(made_of("{ return Rule::full; }"),
                         {"{ return std::nullopt; }", "{ return Rule::quota; }", "{ ; }"})
        self.assertEqual(made_of("{ return std::nullopt; }"), {"{ return Rule{}; }", "{ ; }"})

    def test_an_assignment_and_a_call_are_left_out_and_a_declaration_is_not(self):
        self.assertIn("{ ; }", made_of("{ a.b = c; }"))
        self.assertIn("{ ; }", made_of("{ f(a, b[2]); }"))
        self.assertEqual(made_of("{ Rule x; }"), set())
        self.assertEqual(made_of("{ const auto x = y; }"), set())

    def test_texts_and_comments_and_directives_stay(self):
        for source in ('auto x = "a < b && true 1";', "// a < b && true 1", "#if A < 1 && B", "/* 1 < 2 */",
                       'auto x = R"(1 < 2)";', "char x = '1';"):
            self.assertEqual(made_of(source), set())


if __name__ == "__main__":
    unittest.main()
