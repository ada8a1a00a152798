#include "kiosk/face/text_file.hpp"

#include <fstream>

#include <sys/stat.h>

#include "sync/private_file.hpp"

namespace lanyard::kiosk {

sync::Expected<std::string> read_text_file(const std::filesystem::path& file, std::size_t most) {
  const auto wrong = [&](const std::string& what) {
    return sync::fail(sync::Error::Kind::invalid, file.string() + ": " + what);
  };
  std::ifstream in(file, std::ios::binary);
  if (!in) return wrong("it cannot be opened");
  // One byte more than is taken, so that a longer file shows.
  std::string text(most + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  // A folder opens like a file, reads as nothing, and would be settings that are all as they came.
  if (in.bad()) return wrong("it cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > most) return wrong("it is larger than " + std::to_string(most) + " bytes");
  return text;
}

sync::Expected<void> write_text_file(const std::filesystem::path& file, std::string_view text,
                                     unsigned mode) {
  sync::PrivateFile whole(file);
  if (auto opened = whole.open(); !opened) return opened;
  if (auto written = whole.write(text); !written) return written;
  if (auto kept = whole.keep(); !kept) return kept;
  if (::chmod(file.c_str(), mode) == 0) return {};
  return sync::fail(sync::Error::Kind::storage, "cannot set who reads " + file.string());
}

}  // namespace lanyard::kiosk
