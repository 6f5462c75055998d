#include "inlay/studies/silicon/study.hpp"

#include <fmt/format.h>

#include <functional>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/studies/silicon/answer.hpp"

namespace inlay::studies::silicon {
namespace {

using Predictions = std::vector<const GemminiPrediction*>;

/// Adds the summary of the predictions that `takes`, unless there is none.
void add_group(const std::string& name, const GemminiStudy& study,
               const std::function<bool(const GemminiPrediction&)>& takes, std::vector<ErrorSummary>& list,
               bool calibrated = true) {
  Predictions chosen;
  for (const GemminiPrediction& prediction : study.predictions) {
    if (takes(prediction)) {
      chosen.push_back(&prediction);
    }
  }
  if (!chosen.empty()) {
    list.push_back(summarise(name, chosen, calibrated));
  }
}

bool is_exact(const GemminiPrediction& prediction, std::int64_t array) {
  return prediction.row->exact && prediction.row->array == array;
}

void summarise_gemmini(SiliconAnswer& answer) {
  const GemminiStudy& study = answer.gemmini;
  std::vector<ErrorSummary>& list = answer.gemmini_errors;
  add_group(
      "16x16, exact shape", study, [](const auto& p) { return is_exact(p, 16); }, list);
  add_group(
      "  layers that constants are fitted to", study,
      [](const auto& p) { return is_exact(p, 16) && p.fitted_on; }, list);
  add_group(
      "  the other layers", study, [](const auto& p) { return is_exact(p, 16) && !p.fitted_on; }, list);
  add_group(
      "  of the 16x16 file", study, [](const auto& p) { return is_exact(p, 16) && p.row->set == "16x16"; },
      list);
  for (const char* kind : {"convolution KxK", "convolution 1x1", "product", "vector product"}) {
    add_group(
        fmt::format("  {}", kind), study,
        [kind](const auto& p) { return is_exact(p, 16) && p.row->kind == kind; }, list);
  }
  for (const char* bound : {"array", "loads", "stores", "commands"}) {
    add_group(
        fmt::format("  most cycles in {}", bound), study,
        [bound](const auto& p) { return is_exact(p, 16) && p.bound() == std::string(bound); }, list);
  }
  for (const std::int64_t size : {4, 8, 32, 64}) {
    add_group(
        fmt::format("{}x{}, exact shape", size, size), study,
        [size](const auto& p) { return is_exact(p, size); }, list);
  }
  add_group(
      "all sizes, shape not exact", study, [](const auto& p) { return !p.row->exact; }, list);
  add_group(
      "all rows", study, [](const auto& p) { return p.row != nullptr; }, list);
  std::vector<ErrorSummary>& before = answer.gemmini_uncalibrated;
  add_group(
      "16x16, exact shape", study, [](const auto& p) { return is_exact(p, 16); }, before, false);
  add_group(
      "all rows", study, [](const auto& p) { return p.row != nullptr; }, before, false);
}

}  // namespace

StudyAnswer run(const StudyOptions& options) {
  const std::filesystem::path folder =
      options.data.empty() ? base::data_folder() / "studies" / "silicon" : options.data;
  auto step = [&options, done = std::size_t{0}]() mutable {
    if (options.interrupted != nullptr && options.interrupted->load()) {
      throw base::InfeasibleError("the study was interrupted");
    }
    if (options.progress) {
      options.progress(done, 4);
    }
    ++done;
  };
  step();
  const MeasuredData data = read_measured(folder);
  SiliconAnswer answer;
  answer.data = options.data.empty() ? "the rows that Inlay ships" : folder.string();
  answer.gemmini = study_gemmini(data.gemmini, hardware::load_chiplet_type("gemmini-16"));
  summarise_gemmini(answer);
  step();
  answer.eyeriss = study_eyeriss(data.eyeriss, hardware::load_chiplet_type("eyeriss"));
  answer.energy = energy_by_level();
  answer.accesses = access_energies();
  step();
  if (!options.quick) {
    answer.nvdla = study_nvdla(data.nvdla);
    answer.bounds = bound_checks();
  }
  step();
  return {answer_text(answer), answer_json(answer), answer_drawings(answer)};
}

}  // namespace inlay::studies::silicon
