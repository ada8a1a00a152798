// An update of a kiosk's disk: from the hub's folder, over a wire that breaks, into the kiosk's.
#include <fstream>

#include "sync/content_digest.hpp"
#include "sync/hub/update_shelf.hpp"
#include "sync/update_pull.hpp"
#include "tests/sync/request_of.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;
using hub::DayWindow;
using hub::parse_window;
using hub::TemporaryFolder;
using hub::UpdateShelf;

void put(const std::filesystem::path& file, std::string_view text) {
  std::ofstream(file, std::ios::binary) << text;
}
std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The hub's folder and the kiosk's, and what is between them.
struct Update {
  TemporaryFolder at_hub, at_kiosk;
  std::string root = std::string(5 * kUpdatePieceBytes / 2, 'r');
  UpdateShelf shelf{at_hub.path(), {2h, 5h}};
  std::chrono::minutes of_day{12h};
  SteadyTime steady{1000s};
  std::size_t asked{0}, pieces{0};
  std::function<void(HttpAnswer&)> on_the_way{[](HttpAnswer&) {}};
  bool is_cut{false};
  SyncdConfig config;
  std::optional<UpdatePull> pull;

  Update() {
    config.hub = "https://hub";
    config.update = {at_kiosk.path() / "update", at_kiosk.path() / "os-release",
                     at_kiosk.path() / "passed-over"};
    std::filesystem::create_directory(config.update.folder);
    put(config.update.os_release, "NAME=\"Lanyard kiosk\"\nIMAGE_VERSION=0.1.0\n");
    restart();
  }
  void restart() {
    pull.emplace(config, HubLine(
                             config, [] { return Expected<std::vector<std::string>>{{"token"}}; },
                             [this](const HttpRequest& request) { return send(request); },
                             [this] {
                               return Moment{steady, {}, 0.5, 0, "boot"};
                             },
                             "updates"));
  }
  void offer(const std::string& version, const std::string& signature = "signed") {
    std::string sums;
    const auto add = [&](const std::string& name, const std::string& bytes) {
      put(at_hub.path() / name, bytes);
      sums += sha256_hex(bytes) + "  " + name + "\n";
    };
    add("lanyard_" + version + ".efi", "kernel of " + version);
    add("lanyard_" + version + "_11111111-2222-3333-4444-555555555555.root", root);
    put(at_hub.path() / "SHA256SUMS.gpg", signature);
    put(at_hub.path() / "SHA256SUMS", sums);
  }
  Expected<HttpAnswer> send(const HttpRequest& request) {
    ++asked;
    if (is_cut) return fail(Error::Kind::unavailable, "no connection");
    auto asked_for = request_of(request);
    const auto response = shelf.answer(asked_for, of_day);
    HttpAnswer answer{response ? response->status : 404, "", response ? response->body : "", {}, {}};
    if (request.url.find('?') != std::string::npos) ++pieces;
    on_the_way(answer);
    return answer;
  }
  // Until there is nothing to do for a while.
  void settle() {
    for (int steps = 0; steps < 200; ++steps) {
      const auto until = pull->step();
      if (until && *until > steady + 1s) return;
      if (until) steady = std::max(steady, *until);
    }
    FAIL("it never comes to rest");
  }
  [[nodiscard]] std::filesystem::path file(const std::string& name) const {
    return config.update.folder / name;
  }
  [[nodiscard]] bool is_to_install() const { return std::filesystem::exists(file("install")); }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(config.update.folder), {}));
  }
};

TEST_CASE("an update is fetched whole, and installed in the hub's window alone") {
  Update update;
  update.offer("0.2.0");
  update.settle();
  CHECK(text_of(update.file("lanyard_0.2.0.efi")) == "kernel of 0.2.0");
  CHECK(text_of(update.file("lanyard_0.2.0_11111111-2222-3333-4444-555555555555.root")) == update.root);
  CHECK(text_of(update.file("SHA256SUMS.gpg")) == "signed");
  CHECK_FALSE(update.is_to_install());
  update.of_day = 2h;
  update.steady += 60s;
  update.settle();
  CHECK(text_of(update.file("install")) == "0.2.0\n");
  update.of_day = 5h;
  update.steady += 60s;
  update.settle();
  CHECK_FALSE(update.is_to_install());
}

TEST_CASE("a piece that came is not fetched again, after a break or a power cut") {
  Update update;
  update.offer("0.2.0");
  update.on_the_way = [&](HttpAnswer&) { update.is_cut = update.pieces == 3; };
  for (int steps = 0; steps < 40 && !update.is_cut; ++steps) {
    const auto until = update.pull->step();
    if (until) update.steady = std::max(update.steady, *until);
  }
  REQUIRE(update.is_cut);
  update.on_the_way = [](HttpAnswer&) {};
  update.is_cut = false;
  update.restart();
  update.settle();
  CHECK(text_of(update.file("lanyard_0.2.0_11111111-2222-3333-4444-555555555555.root")) == update.root);
  // A kernel, three pieces of the root, the sums and their signature: each once.
  CHECK(update.pieces == 6);
}

TEST_CASE("a file that is not what was offered is thrown away, and an hour passes") {
  Update update;
  update.offer("0.2.0");
  update.on_the_way = [](HttpAnswer& answer) {
    if (!answer.body.empty() && answer.body.front() == 'r') answer.body.front() = 'x';
  };
  update.settle();
  CHECK_FALSE(
      std::filesystem::exists(update.file("lanyard_0.2.0_11111111-2222-3333-4444-555555555555.root")));
  const auto asked = update.asked;
  update.steady += 59min;
  update.settle();
  CHECK(update.asked == asked);
  update.on_the_way = [](HttpAnswer&) {};
  update.steady += 2min;
  update.settle();
  CHECK(text_of(update.file("lanyard_0.2.0_11111111-2222-3333-4444-555555555555.root")) == update.root);
}

TEST_CASE("what runs, and what was tried and left, is not fetched") {
  Update update;
  update.offer("0.1.0");
  update.settle();
  CHECK(update.files() == 0);
  put(update.config.update.passed_over, "0.1.5\n0.2.0\n");
  update.offer("0.2.0");
  update.steady += 60s;
  update.settle();
  CHECK(update.files() == 0);
  CHECK(update.pieces == 0);
}

TEST_CASE("the files of an update go once it runs, and when it is not offered any more") {
  Update update;
  update.offer("0.2.0");
  update.settle();
  REQUIRE(update.files() == 4);
  SECTION("it runs") {
    put(update.config.update.os_release, "IMAGE_VERSION=\"0.2.0\"\n");
  }
  SECTION("it is not offered any more") {
    std::filesystem::remove(update.at_hub.path() / "SHA256SUMS");
  }
  update.steady += 60s;
  update.settle();
  CHECK(update.files() == 0);
}

TEST_CASE("another list under the same names is fetched anew, and what it did not change is kept") {
  Update update;
  update.offer("0.2.0", "by the wrong key");
  update.settle();
  const auto pieces = update.pieces;
  update.offer("0.2.0", "by the right key");
  update.steady += 60s;
  update.settle();
  CHECK(text_of(update.file("SHA256SUMS.gpg")) == "by the right key");
  CHECK(update.pieces == pieces + 1);
}

TEST_CASE("a kiosk whose disk is not updated as a whole asks for nothing and says so") {
  Update update;
  put(update.config.update.os_release, "NAME=Debian\n");
  update.offer("0.2.0");
  update.settle();
  CHECK(update.files() == 0);
  CHECK(software_of({}) == software_name());
  CHECK(software_of(update.config.update) == software_name());
}

TEST_CASE("the hub is told which disk runs, and which was left") {
  Update update;
  CHECK(software_of(update.config.update) == software_name() + ", image 0.1.0");
  put(update.config.update.passed_over, "0.1.5\nnot a version!\n0.2.0\n");
  CHECK(software_of(update.config.update) == software_name() + ", image 0.1.0, left 0.2.0");
  put(update.config.update.passed_over, std::string(120, '9') + "\n");
  CHECK(software_of(update.config.update).size() == kMaxSoftwareBytes);
}

TEST_CASE("a folder with something missing offers nothing, and says what") {
  Update update;
  CHECK_FALSE(update.shelf.offer(0min).value().has_value());
  update.offer("0.2.0");
  REQUIRE(update.shelf.offer(0min).value().has_value());
  std::filesystem::remove(update.at_hub.path() / "lanyard_0.2.0.efi");
  CHECK(update.shelf.offer(0min).error().message.find("lanyard_0.2.0.efi is not there") == 0);
  put(update.at_hub.path() / "SHA256SUMS", "../../etc/shadow\n");
  CHECK(update.shelf.offer(0min).error().message.find("no line of sha256sum's") != std::string::npos);
  put(update.at_hub.path() / "SHA256SUMS", std::string(64, 'a') + "  ../../../etc/shadow\n");
  CHECK_FALSE(update.shelf.offer(0min).has_value());
}

TEST_CASE("nothing but the files of the update is to be had from its folder") {
  Update update;
  update.offer("0.2.0");
  put(update.at_hub.path() / "key", "secret");
  const auto status = [&](const std::string& url) {
    return update.shelf.answer(request_of({"GET", "https://hub" + url, "", ""}), 0min)->status;
  };
  CHECK(status("/v1/updates/SHA256SUMS") == 200);
  CHECK(status("/v1/updates/key") == 404);
  CHECK(status("/v1/updates/../key") == 404);
  CHECK(status("/v1/updates/") == 404);
  CHECK(status("/v1/updates/SHA256SUMS?from=-1") == 400);
  CHECK(status("/v1/updates/SHA256SUMS?from=99999999999999999999") == 400);
  CHECK(status("/v1/updates/SHA256SUMS?from=1000000") == 400);
  CHECK_FALSE(
      update.shelf.answer(request_of({"GET", "https://hub/v1/updatesque", "", ""}), 0min).has_value());
}

TEST_CASE("an offer out of bounds is refused") {
  const std::string sum(64, 'a');
  const auto body = [&](const std::string& name, const std::string& bytes) {
    return R"({"version":"0.2.0","now":true,"files":[{"name":")" + name + R"(","bytes":)" + bytes +
           R"(,"sha256":")" + sum + R"("}]})";
  };
  CHECK(parse_update_offer(body("lanyard_0.2.0.efi", "7")).has_value());
  CHECK_FALSE(parse_update_offer(body("../x", "7")).has_value());
  CHECK_FALSE(parse_update_offer(body(".hidden", "7")).has_value());
  CHECK_FALSE(parse_update_offer(body("", "7")).has_value());
  CHECK_FALSE(parse_update_offer(body("a/b", "7")).has_value());
  CHECK_FALSE(parse_update_offer(body("x", "-1")).has_value());
  CHECK_FALSE(parse_update_offer(body("x", "99999999999")).has_value());
  CHECK_FALSE(parse_update_offer(R"({"version":"0.2.0","now":true,"files":7})").has_value());
  UpdateOffer twice{"0.2.0", false, {{"x", 1, sum}, {"x", 2, sum}}};
  CHECK_FALSE(parse_update_offer(to_body(twice)).has_value());
}

TEST_CASE("a window may be over midnight, or all day") {
  CHECK(parse_window("02:00-05:00") == DayWindow{2h, 5h});
  CHECK(parse_window("22:30-04:00")->contains(23h));
  CHECK(parse_window("22:30-04:00")->contains(0min));
  CHECK_FALSE(parse_window("22:30-04:00")->contains(4h));
  CHECK(parse_window("00:00-00:00")->contains(13h));
  for (const char* wrong : {"", "2-5", "02:00", "24:00-05:00", "02:60-05:00", "02:00-05:00 ", "-2:00-05:00"})
    CHECK_FALSE(parse_window(wrong).has_value());
}

}  // namespace
}  // namespace lanyard::sync
