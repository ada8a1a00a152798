// Version 2 of Catch2 is a header whose main() must be compiled once; version 3 brings its own in Catch2Main.
#if !__has_include(<catch2/catch_test_macros.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
