#include "kiosk/face/scripts.hpp"

#include "tests/catch.hpp"

namespace lanyard::kiosk {
namespace {

TEST_CASE("with the fonts of the package list every script that names are written in has its letters") {
  CHECK(described(scripts_without_letters()).empty());
}

TEST_CASE("scripts without letters are named with the packages that bring them") {
  CHECK(described({{"Han", "", "cjk"}}) == "Han (install cjk)");
  CHECK(described({{"Latin", "", "core"}, {"Thai", "", "core"}, {"Han", "", "cjk"}, {"Kana", "", "cjk"}}) ==
        "Latin, Thai (install core); Han, Kana (install cjk)");
}

}  // namespace
}  // namespace lanyard::kiosk
