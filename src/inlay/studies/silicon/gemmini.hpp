#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/cost/systolic/tile_commands.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/studies/silicon/measured_rows.hpp"

namespace inlay::studies::silicon {

/// What is fitted, in cycles: at most three constants per machine.
struct Calibration {
  std::int64_t command = 0;  // least time between two tile commands of a convolution; half of it for products
  std::int64_t read_miss = 0;  // of a line that is not in the cache
  std::int64_t write_miss = 0;
  bool operator==(const Calibration&) const = default;
};

struct GemminiPrediction {
  const GemminiRow* row = nullptr;
  bool fitted_on = false;              // belongs to the half of the layers that constants are fitted to
  std::int64_t uncalibrated = 0;       // cycles
  cost::systolic::CommandCosts costs;  // calibrated
  double error() const;                // predicted / measured - 1
  double uncalibrated_error() const;
  const char* bound() const;  // the largest part: "array", "loads", "stores", "commands"
};

/// Errors of a group of rows.
struct ErrorSummary {
  std::string name;
  std::size_t rows = 0;
  double median = 0.0;  // of |predicted / measured - 1|
  double mean = 0.0;
  double bias = 0.0;              // median of predicted / measured - 1
  double worst = 0.0;             // largest |predicted / measured - 1|
  double rank_correlation = 1.0;  // Spearman's rho
  std::size_t below_bound = 0;    // predictions below one row of operands a cycle
};

/// With the calibrated model, or the uncalibrated one.
ErrorSummary summarise(const std::string& name, const std::vector<const GemminiPrediction*>& predictions,
                       bool calibrated = true);

struct GemminiStudy {
  Calibration before;  // as an architect would write them from the data sheets
  Calibration calibrated;
  bool fitted = false;  // false: too few layers; the chiplet file's constants are taken
  std::vector<GemminiPrediction> predictions;  // in the order of the rows
};

/// Predicts all rows with the chiplet type `gemmini-16`, its array scaled to the row's size. Constants are
/// fitted to every other layer of the 16x16 rows whose shape is exact, in the order of their names.
GemminiStudy study_gemmini(const std::vector<GemminiRow>& rows, const hardware::ChipletType& type);

/// 2 x rows + 6 cycles of skew, weights in as many cycles as rows: the chiplet file's array at another size.
hardware::Array scaled(hardware::Array array, std::int64_t size);

}  // namespace inlay::studies::silicon
