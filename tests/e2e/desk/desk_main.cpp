// lanyard-desk: a kiosk's desk without camera and screen. Reads what codes say from standard input, a line
// each, and answers each with what a kiosk would have shown, once its row is on the disk:
//
//   admitted SEQ HASH | exited SEQ HASH | refused SEQ HASH RULE | badge | failed WHY
//
// Whoever reads the answer has a promise: the row is in the store, whatever is killed or full afterwards.
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include <sodium.h>

#include "kiosk/desk/admit.hpp"
#include "kiosk/stamp.hpp"
#include "sync/chain.hpp"
#include "sync/mend.hpp"

namespace {

using namespace lanyard;  // a program's own file

std::string line_of(const kiosk::Decision& decision, const sync::JournalRow& row) {
  const std::string which = " " + std::to_string(row.seq) + " " + sync::hex(row.hash);
  if (decision.verdict == kiosk::Verdict::refused) return "refused" + which + " " + decision.rule_id;
  return (decision.verdict == kiosk::Verdict::exited ? "exited" : "admitted") + which;
}

sync::Expected<std::string> admit(std::unique_ptr<kiosk::Desk>& desk, const std::string& file,
                                  const std::string& symbol) {
  // A store that could not be opened is tried again, and one that is damaged is mended, as the kiosk's
  // journal thread does.
  if (desk && sync::waits_for_mending(file)) desk.reset();
  if (!desk) {
    auto opened = sync::open_or_mend(file, kiosk::stamp_now().now);
    if (!opened) return tl::make_unexpected(opened.error());
    desk = std::make_unique<kiosk::Desk>(std::move(opened->store));
  }
  const auto decision = desk->admit(symbol, kiosk::stamp_now());
  if (!decision) return tl::make_unexpected(decision.error());
  if (decision->verdict == kiosk::Verdict::badge) return std::string("badge");  // which has no row yet
  const auto row = desk->store().row(decision->row);
  if (!row) return tl::make_unexpected(row.error());
  if (!*row) return sync::fail(sync::Error::Kind::corrupt, "a decision has no row");
  return line_of(*decision, **row);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    (void)std::fputs("usage: lanyard-desk STORE\n", stderr);
    return 2;
  }
  if (sodium_init() < 0) return 1;
  std::unique_ptr<kiosk::Desk> desk;
  for (std::string symbol; std::getline(std::cin, symbol);) {
    const auto said = admit(desk, argv[1], symbol);
    if (!said && said.error().kind == sync::Error::Kind::corrupt && desk) {
      (void)sync::ask_for_mending(argv[1], desk->store().file_id());
      desk.reset();
    }
    (void)std::puts(said ? said->c_str() : ("failed " + said.error().message).c_str());
    (void)std::fflush(stdout);
  }
  return 0;
}
