// The user's cache of layer costs.
#include "cost_cache.hpp"

#include <fmt/format.h>

#include <memory>

#include "progress_line.hpp"

namespace inlay::app {

cost::CostCache* cost_cache(bool unwanted) {
  const auto folder = cost::cache_folder();
  if (unwanted || !folder) {
    return nullptr;
  }
  static const auto cache = std::make_unique<cost::CostCache>(*folder, [](const std::string& warning) {
    end_progress();
    fmt::print(stderr, "inlay: warning: {}\n", warning);
  });
  return cache.get();
}

}  // namespace inlay::app
