// The main loop: mailboxes -> step -> draw -> present. It owns the window and the state, and nothing that
// blocks.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "kiosk/announce.hpp"
#include "kiosk/config.hpp"
#include "kiosk/desk/flow.hpp"
#include "kiosk/face/screens.hpp"
#include "kiosk/face/window.hpp"
#include "kiosk/gate_line.hpp"
#include "kiosk/inbox.hpp"
#include "kiosk/journal_thread.hpp"
#include "kiosk/livery_watch.hpp"
#include "kiosk/narrator.hpp"
#include "kiosk/print_thread.hpp"
#include "kiosk/readers.hpp"
#include "kiosk/script.hpp"
#include "kiosk/set_up_line.hpp"

namespace lanyard::kiosk {

struct LoopOptions {
  FlowConfig flow;
  std::vector<ScriptStep> script;     // played instead of a person; empty: none
  std::string script_name{};          // for what is said of it
  std::filesystem::path screenshots;  // "" = none; else a PNG of each screen as it has come to rest
  bool announce{false};
  std::optional<std::chrono::minutes> restart_after{};  // once nobody stands there
  std::vector<WaySign> ways;
  std::filesystem::path theme_file;  // "" = the event wears nothing of its own
  Scheme theme{Scheme::dark};
  std::filesystem::path set_up_folder{};  // of SetUpLine
  std::filesystem::path gate_socket{};    // of GateLine
  Voice* voice{nullptr};                  // null: a kiosk without one
  std::function<void(const State&, Moment)>
      on_presented;  // what has just come to the screen, for who measures
};

class KioskLoop {
 public:
  // All of which must live longer. `readers.camera` may be null: a kiosk without a camera.
  KioskLoop(Window& window, Canvas& canvas, JournalThread& journal, Readers readers, Inbox& inbox,
            LoopOptions options);

  // Until the window is closed, `stop` is set, or the flow asks for a restart. Feeds systemd's watchdog.
  void run(const std::atomic<bool>& stop);
  // A script came to a step that it could not take, or was cut short.
  [[nodiscard]] bool script_failed() const { return script_.failed || script_.at < options_.script.size(); }

 private:
  void sleep();
  [[nodiscard]] bool answer_is_near(Moment now) const;
  void take_news(Moment now);
  void take_scans(Moment now);
  void take_hand_scan(Moment now);
  [[nodiscard]] bool is_another_look(std::size_t reader, const std::string& text) const;
  [[nodiscard]] std::optional<Moment> hand_scan_due() const;
  void watch_readers(Moment now);
  void tend_gate(Moment now);
  void apply(const Event& event, Moment now);
  void perform(const Effect& effect);
  void take_advice(Moment now);
  void prepare_keyboards();
  void show_preview(Moment now);
  [[nodiscard]] ReadersNow readers_now(Moment now) const;
  // Whether it can be seen.
  [[nodiscard]] bool draw_and_present(Moment now);
  void take_keys(Moment now);
  void take_key(KeypadKey key, Moment now);
  // --- kiosk_script.cpp
  void play_script();
  [[nodiscard]] bool take_step(const ScriptStep& step);
  [[nodiscard]] bool touch_control(const ScriptStep& step);
  [[nodiscard]] bool keep_shot(const std::string& name);
  void skip(std::chrono::milliseconds by);
  void script_fails(const std::string& why);
  // That of the screens: a script makes it go faster.
  [[nodiscard]] Moment clock() const { return std::chrono::steady_clock::now() + skipped_; }
  void keep_screenshot(Moment now);
  [[nodiscard]] std::string picture_name() const;
  void feed_watchdog();
  void say_whether_idle();

  Window& window_;
  Canvas& canvas_;
  JournalThread& journal_;
  Readers readers_;
  Inbox& inbox_;
  const LoopOptions options_;

  State state_;
  VenueView venue_;
  Fault journal_fault_{Fault::no_roster};
  Fault camera_fault_{Fault::none};
  ReaderWatch watch_;
  DrawResult last_drawn_;
  std::future<Pinyin> building_pinyin_;
  std::optional<Pinyin> pinyin_;
  LiveryWatch livery_;
  Photo photo_;
  SetUpLine set_up_line_;
  GateLine gate_;
  Announcer announcer_;
  Narrator narrator_;
  std::optional<ScanOrigin> origin_;
  std::optional<std::array<scanner::SharePoint, 4>> corners_;
  std::optional<HandSeen> waiting_;  // a hand scanner's code that came while an answer was under way
  std::string last_text_;            // what was handed to the flow last, and by which reader
  std::size_t last_reader_{kCameraReader};
  std::set<std::string> pictured_;
  std::string picture_;  // what the screen shows now, as the name of its picture
  Moment picture_since_{};
  bool heard_journal_{false};
  bool restarting_{false};
  Moment started_{};
  std::optional<scanner::Preview> last_preview_;
  scanner::Advice advice_{scanner::Advice::none};
  Moment advised_{};    // when it came
  Moment looked_at_{};  // when the camera's last frame was looked at
  Moment previewed_{};  // when the camera's last picture was taken over
  Moment watchdog_fed_{};
  std::optional<bool> told_idle_;
  struct ScriptAt {
    std::size_t at{0};  // the step that is next
    int settle{0};      // frames until it is taken
    Moment since{};     // by the real clock, when it was first tried
    bool rested{false};
    bool failed{false};
    int touches{0};
    int letters{0};
  };
  ScriptAt script_;
  std::chrono::milliseconds skipped_{0};
};

}  // namespace lanyard::kiosk
