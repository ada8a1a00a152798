// The fuzzers of the records' bodies in the ordinary tests.
#include <algorithm>

#include "sync/event_toml.hpp"
#include "sync/wire.hpp"
#include "tests/catch.hpp"
#include "tests/fuzz/record_bodies.hpp"
#include "tests/fuzz/record_seeds.hpp"
#include "tests/fuzz/smoke.hpp"

namespace lanyard::sync {
namespace {

using fuzz::Bytes;
using smoke::Chance;
using smoke::run;

TEST_CASE("no text of a badge, however damaged, does harm") {
  CHECK(run("credential", fuzz::fuzz_credential, fuzz::credential_seeds(), 20'000) == 20'000);
}

TEST_CASE("no set-up code, however damaged, does harm") {
  CHECK(run("setup", fuzz::fuzz_setup, fuzz::setup_seeds(), 20'000) == 20'000);
}

// A text that fuzz_credential lets pass is one that was minted.
TEST_CASE("no badge is accepted that somebody forged without the key") {
  constexpr int kForgeries = 10'000;
  Chance chance(20'261'124);
  const auto change = [&](Bytes bytes, std::size_t most) {
    bytes = smoke::damaged(std::move(bytes), chance);
    bytes.resize(std::min(bytes.size(), most));
    return bytes;
  };
  const std::vector<Bytes> seeds = fuzz::credential_seeds();
  int verified = 0;
  for (int i = 0; i < kForgeries * smoke::rounds(); ++i) {
    const Bytes& seed = seeds[chance.below(seeds.size())];
    const Bytes text =
        fuzz::forged(seed, kMaxCredentialBytes, static_cast<std::uint32_t>(chance.below(1U << 24U)), change);
    fuzz::fuzz_credential(text);
    const auto read = read_credential({reinterpret_cast<const char*>(text.data()), text.size()},
                                      fuzz::minted().keys, fuzz::minted().event);
    if (!read && read.error() == Unreadable::bad_signature) ++verified;
  }
  // The forger is worth its name only where the signature has the last word.
  CHECK(verified > kForgeries / 3);
}

// As many times with words and lines of the seeds in other places.
int retell(void (*body)(fuzz::Input), const std::vector<Bytes>& seeds, int times) {
  Chance chance(20'261'125);
  const auto change = [&](Bytes bytes, std::size_t most) {
    bytes = smoke::damaged(std::move(bytes), chance);
    bytes.resize(std::min(bytes.size(), most));
    return bytes;
  };
  for (int i = 0; i < times * smoke::rounds(); ++i) {
    Bytes text = seeds[chance.below(seeds.size())];
    for (std::size_t wounds = 1 + chance.below(3); wounds > 0; --wounds) {
      text = fuzz::retold(text, 10'000, static_cast<std::uint32_t>(chance.below(1U << 24U)), change);
    }
    body(text);
  }
  return times;
}

TEST_CASE("no event file, however broken, does harm") {
  CHECK(run("policy", fuzz::fuzz_policy, fuzz::policy_seeds(), 3000) == 3000);
  CHECK(retell(fuzz::fuzz_policy, fuzz::policy_seeds(), 5000) == 5000);
}

TEST_CASE("no roster, however broken, does harm") {
  CHECK(run("csv", fuzz::fuzz_csv, fuzz::csv_seeds(), 5000) == 5000);
  CHECK(retell(fuzz::fuzz_csv, fuzz::csv_seeds(), 10'000) == 10'000);
}

TEST_CASE("no list, whatever it was saved as and however broken, does harm") {
  CHECK(run("list", fuzz::fuzz_list, fuzz::list_seeds(), 5000) == 5000);
  CHECK(retell(fuzz::fuzz_list, fuzz::list_seeds(), 5000) == 5000);
}

TEST_CASE("no body of the protocol, however broken, does harm") {
  CHECK(run("wire", fuzz::fuzz_wire, fuzz::wire_seeds(), 20'000) == 20'000);
  CHECK(retell(fuzz::fuzz_wire, fuzz::wire_seeds(), 20'000) == 20'000);
}

TEST_CASE("the fuzzers begin with bodies that are taken") {
  for (const Bytes& seed : fuzz::policy_seeds()) {
    const std::string_view text(reinterpret_cast<const char*>(seed.data()), seed.size());
    const bool has_rule = text.find("access") != std::string_view::npos;  // without one, nobody could pass
    CHECK(parse_event_toml(text, "event.toml").has_value() == has_rule);
  }
  for (const JournalRow& row : fuzz::journal()) CHECK(parse_row(to_json(row)).value() == row);
}

}  // namespace
}  // namespace lanyard::sync
