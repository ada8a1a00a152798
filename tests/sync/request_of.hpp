// As the hub's server hands on what a client asks of it, wherever it is said to be.
#pragma once

#include <string>

#include "sync/http_client.hpp"
#include "sync/hub/hub.hpp"

namespace lanyard::sync {

inline hub::Request request_of(const HttpRequest& request) {
  hub::Request asked{request.method, "", {}, request.bearer, request.body};
  const std::string target = request.url.substr(request.url.find('/', request.url.find("//") + 2));
  asked.path = target.substr(0, target.find('?'));
  std::string query = target.find('?') == std::string::npos ? "" : target.substr(target.find('?') + 1);
  while (!query.empty()) {
    const std::string item = query.substr(0, query.find('&'));
    query.erase(0, item.size() + 1);
    asked.query[item.substr(0, item.find('='))] = item.substr(item.find('=') + 1);
  }
  return asked;
}

}  // namespace lanyard::sync
