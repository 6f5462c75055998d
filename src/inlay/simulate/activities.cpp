#include "inlay/simulate/activities.hpp"

#include <array>

namespace inlay::simulate {

const char* to_string(ActivityKind kind) {
  static constexpr std::array kNames = {"join",        "compute",    "read",  "weights", "exchange",
                                        "spill write", "spill read", "write", "pass"};
  return kNames[static_cast<std::size_t>(kind)];
}

int ActivityGraph::add(const Activity& activity) {
  activities_.push_back(activity);
  return static_cast<int>(activities_.size()) - 1;
}

void ActivityGraph::wait(int after, int before) {
  if (after >= 0 && before >= 0) {
    waits_.emplace_back(before, after);
  }
}

int ActivityGraph::add_transfer(Transfer transfer) {
  transfers_.push_back(std::move(transfer));
  return static_cast<int>(transfers_.size()) - 1;
}

}  // namespace inlay::simulate
