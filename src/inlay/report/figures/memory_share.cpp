#include "inlay/report/figures/memory_share.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "inlay/report/figures/figures.hpp"

namespace inlay::report::figures {
namespace {

double share_of(const evaluate::WindowCost& window) {
  return window.latency > 0.0 ? window.memory_time / window.latency : 0.0;
}

}  // namespace

BusiestWindow busiest_shared_window(const evaluate::ScheduleCost& cost) {
  BusiestWindow busiest;
  for (std::size_t w = 0; w < cost.windows.size(); ++w) {
    if (cost.windows[w].pipelines.size() > 1 && share_of(cost.windows[w]) > busiest.share) {
      busiest = {w, share_of(cost.windows[w])};
    }
  }
  return busiest;
}

std::string memory_shares(const evaluate::ScheduleCost& cost) {
  constexpr std::size_t kMostWindows = 6;
  std::vector<std::string> shares;
  std::size_t largest = 0;
  for (std::size_t w = 0; w < cost.windows.size(); ++w) {
    shares.push_back(format_share(share_of(cost.windows[w])));
    largest = share_of(cost.windows[w]) > share_of(cost.windows[largest]) ? w : largest;
  }
  if (shares.size() == 1) {
    return fmt::format("{} of the time", shares.front());
  }
  if (shares.size() > kMostWindows) {
    return fmt::format("at most {} of the time (window {})", shares[largest], largest);
  }
  return fmt::format("{} of the time of the windows", fmt::join(shares, ", "));
}

std::string contention_warning(schedule::Communication communication, const BusiestWindow& busiest) {
  if (communication == schedule::Communication::kContended || busiest.share <= kMuchMemory) {
    return "";
  }
  return fmt::format(
      "the memory is busy for {} of window {}; communication '{}' leaves out how its pipelines delay each "
      "other there, "
      "'--communication contended' counts it",
      format_share(busiest.share), busiest.window, schedule::to_string(communication));
}

}  // namespace inlay::report::figures
