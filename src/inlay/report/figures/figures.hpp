#pragma once

#include <string>

#include "inlay/search/search.hpp"

namespace inlay::report::figures {

/// "2.57 nJ s".
std::string format_edp(double joule_seconds);
/// "790.8/s", "41.82 k/s".
std::string format_rate(double per_second);
/// "12.3%".
std::string format_share(double share);
/// "proven", or the gap: "gap 0.42%".
std::string format_gap(bool proven, double gap);
/// The objective's value with its unit: seconds, joules or joule seconds; throughput shows the latency it
/// stands for.
std::string format_objective(const objective::Objective& objective, double value);

}  // namespace inlay::report::figures
