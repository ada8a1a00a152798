// Operating errors: a disk that is full, a hub that is away, a body that is not what it says. A refusal at
// the door is not an error but a value (kiosk/desk/decide.hpp), and a bug aborts.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace lanyard::sync {

struct Error {
  enum class Kind {
    invalid,      // the input is wrong and will stay wrong: do not try again unchanged
    unavailable,  // the other side is away or busy: try again later
    refused,      // the other side knows us and says no (revoked token, used code)
    storage,      // the disk or the database said no (full, read-only, locked for too long)
    corrupt,      // what was read back is not what was written
  };

  Kind kind{Kind::invalid};
  std::string message;  // one line of English for logs and staff; never a secret, never a whole body

  // The same error, with what was being done in front: "reading roster.csv: line 7: ...".
  [[nodiscard]] Error within(std::string_view doing) const {
    return {kind, std::string(doing) + ": " + message};
  }
};

template <class T>
using Expected = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Error::Kind kind, std::string message) {
  return tl::make_unexpected(Error{kind, std::move(message)});
}

}  // namespace lanyard::sync
