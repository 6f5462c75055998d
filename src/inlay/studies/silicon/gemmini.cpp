#include "inlay/studies/silicon/gemmini.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "inlay/base/error.hpp"
#include "inlay/studies/rank_correlation.hpp"

namespace inlay::studies::silicon {
namespace {

constexpr std::size_t kFewestLayers = 8;  // to fit three constants to

hardware::Offchip with(hardware::Offchip offchip, const Calibration& constants) {
  offchip.convolution_cycles = constants.command;
  offchip.product_cycles = constants.command / 2;  // the program for products issues half as much per tile
  offchip.read_miss_cycles = constants.read_miss;
  offchip.write_miss_cycles = constants.write_miss;
  return offchip;
}

/// Mean of |log(predicted / measured)|, each at most 1, so that no single row decides.
double loss(const std::vector<const GemminiRow*>& rows, const hardware::ChipletType& type,
            const Calibration& constants) {
  const hardware::Offchip offchip = with(*type.offchip, constants);
  double sum = 0.0;
  for (const GemminiRow* row : rows) {
    const auto costs = cost::systolic::command_costs(row->tiled, scaled(*type.array, row->array), offchip);
    sum += std::min(
        1.0, std::abs(std::log(static_cast<double>(costs.cycles) / static_cast<double>(row->measured))));
  }
  return sum / static_cast<double>(rows.size());
}

/// Coordinate descent with halving steps: deterministic, and the loss has one valley per constant.
Calibration fit(const std::vector<const GemminiRow*>& rows, const hardware::ChipletType& type,
                Calibration start) {
  static constexpr std::array<std::int64_t Calibration::*, 3> kConstants = {
      &Calibration::command, &Calibration::read_miss, &Calibration::write_miss};
  double best = loss(rows, type, start);
  for (std::int64_t step = 128; step > 0; step /= 2) {
    for (bool improved = true; improved;) {
      improved = false;
      for (const auto constant : kConstants) {
        for (const std::int64_t change : {step, -step}) {
          Calibration next = start;
          next.*constant = std::max<std::int64_t>(0, next.*constant + change);
          const double value = loss(rows, type, next);
          if (value < best - 1e-9) {
            best = value;
            start = next;
            improved = true;
          }
        }
      }
    }
  }
  return start;
}

/// Every other layer, so that no layer is in both halves.
std::set<std::string> layers_to_fit(const std::vector<GemminiRow>& rows) {
  std::set<std::string> all;
  for (const GemminiRow& row : rows) {
    if (row.exact && row.array == 16) {
      all.insert(row.layer);
    }
  }
  std::set<std::string> half;
  bool take = true;
  for (const std::string& layer : all) {
    if (take) {
      half.insert(layer);
    }
    take = !take;
  }
  return half;
}

double median(std::vector<double> values) {
  if (values.empty()) {
    return 0.0;
  }
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

}  // namespace

double GemminiPrediction::error() const {
  return static_cast<double>(costs.cycles) / static_cast<double>(row->measured) - 1.0;
}

double GemminiPrediction::uncalibrated_error() const {
  return static_cast<double>(uncalibrated) / static_cast<double>(row->measured) - 1.0;
}

const char* GemminiPrediction::bound() const {
  const std::array<double, 4> parts = {costs.array_cycles, costs.load_cycles, costs.store_cycles,
                                       costs.command_cycles};
  static constexpr std::array kNames = {"array", "loads", "stores", "commands"};
  return kNames[static_cast<std::size_t>(std::max_element(parts.begin(), parts.end()) - parts.begin())];
}

hardware::Array scaled(hardware::Array array, std::int64_t size) {
  array.skew += 2 * (size - array.rows);
  array.exchange_cycles = size;
  array.rows = array.columns = size;
  return array;
}

ErrorSummary summarise(const std::string& name, const std::vector<const GemminiPrediction*>& predictions,
                       bool calibrated) {
  ErrorSummary summary;
  summary.name = name;
  summary.rows = predictions.size();
  std::vector<double> absolute;
  std::vector<double> errors;
  std::vector<double> predicted;
  std::vector<double> measured;
  for (const GemminiPrediction* prediction : predictions) {
    const double error = calibrated ? prediction->error() : prediction->uncalibrated_error();
    errors.push_back(error);
    absolute.push_back(std::abs(error));
    summary.mean += std::abs(error) / static_cast<double>(predictions.size());
    summary.worst = std::max(summary.worst, std::abs(error));
    measured.push_back(static_cast<double>(prediction->row->measured));
    predicted.push_back(measured.back() * (1.0 + error));
    const std::int64_t cycles = calibrated ? prediction->costs.cycles : prediction->uncalibrated;
    summary.below_bound += cycles < prediction->row->least_cycles ? 1 : 0;
  }
  summary.median = median(absolute);
  summary.bias = median(errors);
  summary.rank_correlation = spearman_rho(predicted, measured).value_or(1.0);
  return summary;
}

GemminiStudy study_gemmini(const std::vector<GemminiRow>& rows, const hardware::ChipletType& type) {
  if (!type.array || !type.offchip) {
    throw base::DefectError("the study of Gemmini needs a chiplet type with an array and off-chip transfers");
  }
  GemminiStudy study;
  // Nothing is known of commands; a line of 64 B is fetched at the 8 B/cycle that DOSA assumes of the memory.
  const std::int64_t line = type.offchip->line_bytes / 8;
  study.before = {0, line, line};
  study.calibrated = {type.offchip->convolution_cycles, type.offchip->read_miss_cycles,
                      type.offchip->write_miss_cycles};
  const std::set<std::string> half = layers_to_fit(rows);
  std::vector<const GemminiRow*> fitted;
  for (const GemminiRow& row : rows) {
    if (row.exact && row.array == 16 && half.count(row.layer) > 0) {
      fitted.push_back(&row);
    }
  }
  study.fitted = half.size() >= kFewestLayers;
  if (study.fitted) {
    study.calibrated = fit(fitted, type, study.before);
  }
  const hardware::Offchip before = with(*type.offchip, study.before);
  const hardware::Offchip after = with(*type.offchip, study.calibrated);
  for (const GemminiRow& row : rows) {
    const hardware::Array array = scaled(*type.array, row.array);
    GemminiPrediction prediction;
    prediction.row = &row;
    prediction.fitted_on = half.count(row.layer) > 0;
    prediction.uncalibrated = cost::systolic::command_costs(row.tiled, array, before).cycles;
    prediction.costs = cost::systolic::command_costs(row.tiled, array, after);
    study.predictions.push_back(std::move(prediction));
  }
  return study;
}

}  // namespace inlay::studies::silicon
