#include "kiosk/face/screens.hpp"

#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

struct ByScreen {
  Drawing& d;
  void operator()(const Idle&) const { draw_idle(d); }
  void operator()(const Checking&) const { draw_checking(d); }
  void operator()(const BadgePreview& s) const { draw_badge_preview(d, s); }
  void operator()(const Admitted& s) const { draw_admitted(d, s); }
  void operator()(const Refused& s) const { draw_refused(d, s); }
  void operator()(const Paused& s) const { draw_paused(d, s); }
  void operator()(const OutOfOrder& s) const { draw_out_of_order(d, s); }
  void operator()(const SetUp& s) const { draw_set_up(d, s); }
  void operator()(const StaffPin& s) const { draw_staff_pin(d, s); }
  void operator()(const StaffSearch& s) const { draw_staff_search(d, s); }
  void operator()(const StaffRecord& s) const { draw_staff_record(d, s); }
  void operator()(const StaffHandOver& s) const { draw_staff_hand_over(d, s); }
  void operator()(const StaffInside& s) const { draw_staff_inside(d, s); }
  void operator()(const StaffWhy& s) const { draw_staff_why(d, s); }
  void operator()(const StaffStatus& s) const { draw_staff_status(d, s); }
};

}  // namespace

DrawResult draw(const View& view, Canvas& canvas) {
  DrawResult result;
  Drawing d{view, canvas, result};
  canvas.begin(view.state.language, view.now, view.state.assist);
  // Nobody's portrait or badge is kept longer than they are looked at.
  const bool pictured = std::holds_alternative<StaffRecord>(view.state.screen) ||
                        std::holds_alternative<BadgePreview>(view.state.screen);
  if (view.photo != nullptr && !pictured) view.photo->forget();
  std::visit(ByScreen{d}, view.state.screen);
  if (view.state.assist.active() && view.state.assist.asking) {
    // Whatever is touched beneath the question is an answer to it.
    result.intents.clear();
    draw_more_time(d);
  }
  // Someone is there, even if nothing was hit.
  if (result.intents.empty() && canvas.touched_anywhere()) d.intend(event::Touched{});
  result.semantics = canvas.finish();
  return result;
}

}  // namespace lanyard::kiosk
