#pragma once

#include <string>

#include "inlay/cost/maestro/model.hpp"

namespace inlay::cost::maestro {

/// Rows of MAESTRO's result file (section 8). One object per file: its energy column shows the L1 accesses of
/// the layer before (B14).
class CsvWriter {
 public:
  explicit CsvWriter(const Hardware& hardware) : hardware_(hardware) {}
  /// Names of the columns, with MAESTRO's own blanks and its second "Min" that is a maximum; no line end.
  static std::string header();
  /// One row, as MAESTRO prints it (doubles with six significant digits); no line end.
  std::string row(const std::string& network, const std::string& layer, const Analysis& analysis);

 private:
  double energy_column(const Analysis& analysis) const;

  Hardware hardware_;
  std::int64_t previous_l1_ = 0;
};

}  // namespace inlay::cost::maestro
