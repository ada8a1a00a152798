// A kiosk that is being set up: it hands a code over, and shows what becomes of it. PURE.
#include "kiosk/desk/flow.hpp"
#include "kiosk/desk/flow_turn.hpp"
#include "sync/setup_code.hpp"

namespace lanyard::kiosk {

namespace {

// systemd starts lanyard-setup within a second, and the first thing it does is to say so.
constexpr std::chrono::seconds kHeardWithin{30};

bool is_under_way(SetUpStage stage) {
  return stage == SetUpStage::handed_over || stage == SetUpStage::network || stage == SetUpStage::hub ||
         stage == SetUpStage::done;
}

}  // namespace

// The same code counts again once it was taken away: what came of it is read first.
void Turn::set_up_by(SetUp& shown, const std::string& text) {
  if (is_under_way(shown.stage)) return;
  if (!sync::is_setup_code(text)) {
    shown = SetUp{.stage = SetUpStage::not_a_code};
    return;
  }
  shown = SetUp{.stage = SetUpStage::handed_over, .answered_by = now_ + kHeardWithin};
  effects_.push_back(effect::HandOverSetUp{text});
}

void Turn::operator()(const event::SetUpTold& e) {
  if (auto* shown = on<SetUp>()) *shown = SetUp{.stage = e.stage, .problem = e.problem};
}

void Turn::set_up_on_tick(const SetUp& shown) {
  if (!shown.answered_by || now_ < *shown.answered_by) return;
  show(SetUp{.stage = SetUpStage::failed, .problem = "nothing on this machine acts on the code"});
}

}  // namespace lanyard::kiosk
