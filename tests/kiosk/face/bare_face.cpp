#include "tests/kiosk/face/bare_face.hpp"

#include <imgui.h>

#include "tests/kiosk/face/samples.hpp"

namespace lanyard::kiosk {

BareFace::BareFace(Metrics metrics, Scheme usual, Textures* seen)
    : phrases(LANYARD_LOCALE_DIR, samples::languages()),
      texts(seen == nullptr ? textures : *seen),
      canvas(texts, phrases, usual) {
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  ImGui::GetStyle().WindowPadding = {0, 0};
  ImGui::GetStyle().WindowMinSize = {1, 1};
  unsigned char* pixels = nullptr;
  int width = 0;
  int height = 0;
  io.Fonts->GetTexDataAsAlpha8(&pixels, &width, &height);
  canvas.metrics = metrics;
  io.MousePos = {-1, -1};
}

BareFace::~BareFace() {
  ImGui::DestroyContext();
}

DrawResult BareFace::frame(const View& view) {
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(canvas.metrics.width_px),
                    static_cast<float>(canvas.metrics.height_px)};
  io.DeltaTime = 1.0F / 60;
  ImGui::NewFrame();
  DrawResult result = draw(view, canvas);
  ImGui::Render();
  return result;
}

void BareFace::finger(Point at, bool down) {
  ImGuiIO& io = ImGui::GetIO();
  io.MousePos = {at.x, at.y};
  io.MouseDown[0] = down;
}

void BareFace::type(std::string_view ascii) {
  for (const char c : ascii) ImGui::GetIO().AddInputCharacter(static_cast<unsigned char>(c));
}

std::vector<Event> BareFace::tap(const View& view, const Rect& place) {
  std::vector<Event> intents;
  const auto step = [&](bool down) {
    finger(place.centre(), down);
    for (Event& e : frame(view).intents) intents.push_back(std::move(e));
  };
  step(false);
  step(true);
  step(true);
  step(false);
  finger({-1, -1}, false);
  static_cast<void>(frame(view));
  return intents;
}

View view_of(const State& state) {
  static const sync::EventInfo event = samples::forum();
  static const std::vector<sync::Checkpoint> checkpoints = samples::checkpoints();
  static const std::vector<WaySign> ways{{"east", Way::left}};
  static const Pinyin pinyin;
  return {.state = state,
          .event = &event,
          .checkpoint = &checkpoints[0],
          .checkpoints = checkpoints,
          .ways = ways,
          .kiosk_name = "Gate North 2",
          .wall_now = samples::wall_now(),
          .now = samples::moment_now(),
          .preview = {},
          .languages = samples::languages(),
          .can_speak = true,
          .pinyin = &pinyin};
}

View view_of(const samples::Sample& sample) {
  View view = view_of(sample.state);
  view.advice = sample.advice;
  view.notices = sample.notices;
  view.readers = sample.readers;
  view.gate = sample.gate;
  view.advised = view.now - std::chrono::seconds{1};
  return view;
}

}  // namespace lanyard::kiosk
