// A printer with a tray that a test looks into, and knobs that it turns. Threads: the printer is the print
// thread's, the tray is anybody's.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "kiosk/badge/printer.hpp"

namespace lanyard::kiosk {

// What outlives a kiosk: the printer's own memory, and what lies in its tray.
class PaperTray {
 public:
  struct Knobs {
    std::string held_by{};      // "out of paper": nothing comes out, "" : it prints at once
    bool away{false};           // it does not answer
    bool forgets{false};        // it knows no job any more
    bool loses{false};          // the next page is given up
    bool drops{false};          // the connection breaks behind the next page
    bool says_ready{false};     // although held
    bool blinks{false};         // at the next look it does not see the page
    bool one_at_a_time{false};  // a job that is open keeps it from all others
  };

  void turn(const std::function<void(Knobs&)>& turned) {
    const std::lock_guard lock(mutex_);
    turned(knobs_);
    if (knobs_.held_by.empty()) print_waiting();
    changed_.notify_all();
  }
  [[nodiscard]] std::vector<std::string> out() const {
    const std::lock_guard lock(mutex_);
    return out_;
  }
  // Until that many pages were sent here, whether they are out or not.
  void wait_until_sent(std::size_t pages) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return sent_ >= pages; });
  }
  [[nodiscard]] std::unique_ptr<Printer> printer();

 private:
  friend class TrayPrinter;
  void print_waiting() {
    for (auto& [job, stage] : jobs_) {
      if (stage != JobLook::Stage::waiting) continue;
      stage = JobLook::Stage::done;
      out_.push_back(job);
    }
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Knobs knobs_;
  std::map<std::string, JobLook::Stage> jobs_;
  std::multiset<std::string> open_;  // without their page
  std::vector<std::string> out_;
  std::size_t sent_{0};
};

class TrayPrinter : public Printer {
 public:
  explicit TrayPrinter(PaperTray& tray) : tray_(tray) {}

  sync::Expected<PrinterState> state() override {
    const std::lock_guard lock(tray_.mutex_);
    if (tray_.knobs_.away) return away();
    const std::string& why = tray_.knobs_.held_by;
    if (why.empty() || tray_.knobs_.says_ready) return PrinterState{"tray", {}};
    return PrinterState{"tray", {why}, true};
  }
  sync::Expected<PageWish> wish() override { return PageWish{PageForm::dots, 100, false}; }  // quickly drawn
  sync::Expected<std::string> open(std::string_view job, const PrintPage&) override {
    const std::lock_guard lock(tray_.mutex_);
    if (tray_.knobs_.away) return away();
    if (tray_.knobs_.one_at_a_time && !tray_.open_.empty())
      return sync::fail(sync::Error::Kind::unavailable, "the printer is busy");
    tray_.open_.emplace(job);
    tray_.jobs_[std::string(job)] = JobLook::Stage::absent;
    return std::string("tray");
  }
  sync::Expected<void> send(std::string_view job, std::string_view, const PrintPage& page) override {
    const std::lock_guard lock(tray_.mutex_);
    if (tray_.knobs_.away || page.files.empty()) return away();
    PaperTray::Knobs& knobs = tray_.knobs_;
    tray_.open_.erase(std::string(job));
    JobLook::Stage& stage = tray_.jobs_[std::string(job)];
    stage = std::exchange(knobs.loses, false) ? JobLook::Stage::lost : JobLook::Stage::waiting;
    if (knobs.held_by.empty()) tray_.print_waiting();
    ++tray_.sent_;
    tray_.changed_.notify_all();
    if (std::exchange(knobs.drops, false)) return away();
    return {};
  }
  sync::Expected<JobLook> look(std::string_view job, std::string_view) override {
    const std::lock_guard lock(tray_.mutex_);
    if (std::exchange(tray_.knobs_.blinks, false)) return JobLook{JobLook::Stage::absent, {}};
    return look_locked(job);
  }
  void close_unsent(std::string_view job) override {
    const std::lock_guard lock(tray_.mutex_);
    if (!tray_.knobs_.away) tray_.open_.erase(std::string(job));
  }
  sync::Expected<JobLook> take_back(std::string_view job, std::string_view) override {
    const std::lock_guard lock(tray_.mutex_);
    if (!tray_.knobs_.away) tray_.open_.erase(std::string(job));
    const auto known = tray_.jobs_.find(std::string(job));
    if (known != tray_.jobs_.end() && known->second == JobLook::Stage::waiting)
      known->second = JobLook::Stage::lost;
    return look_locked(job);
  }

 private:
  static tl::unexpected<sync::Error> away() {
    return sync::fail(sync::Error::Kind::unavailable, "the printer does not answer");
  }
  sync::Expected<JobLook> look_locked(std::string_view job) {
    if (tray_.knobs_.away) return away();
    if (tray_.knobs_.forgets) return JobLook{JobLook::Stage::unsure, "it has forgotten"};
    const auto known = tray_.jobs_.find(std::string(job));
    if (known == tray_.jobs_.end()) return JobLook{JobLook::Stage::absent, {}};
    const bool held = known->second == JobLook::Stage::waiting && !tray_.knobs_.held_by.empty();
    if (held) return JobLook{JobLook::Stage::held_up, tray_.knobs_.held_by};
    return JobLook{known->second, known->second == JobLook::Stage::lost ? "it was given up" : ""};
  }

  PaperTray& tray_;
};

inline std::unique_ptr<Printer> PaperTray::printer() {
  return std::make_unique<TrayPrinter>(*this);
}

}  // namespace lanyard::kiosk
