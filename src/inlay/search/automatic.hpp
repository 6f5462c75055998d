#pragma once

#include "inlay/search/answer.hpp"

namespace inlay::search {

/// The default: `exact` where the package is small enough for all its paths, warm-started from `large` and
/// helped out with its bound; `large` elsewhere (docs/search.md). Throws base::InfeasibleError as they do.
Answer automatic(const schedule::Problem& problem, const Objective& objective, const Options& options);

/// The option records of `auto`.
std::vector<OptionRecord> automatic_records();

}  // namespace inlay::search
