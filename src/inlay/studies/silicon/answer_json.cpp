#include <algorithm>
#include <nlohmann/json.hpp>

#include "inlay/base/version.hpp"
#include "inlay/studies/silicon/answer.hpp"
#include "inlay/studies/silicon/scatter.hpp"

namespace inlay::studies::silicon {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Calibration& constants) {
  return {{"command_cycles", constants.command},
          {"read_miss_cycles", constants.read_miss},
          {"write_miss_cycles", constants.write_miss}};
}

Json to_json(const std::vector<ErrorSummary>& summaries) {
  Json list = Json::array();
  for (const ErrorSummary& one : summaries) {
    const std::size_t begin = one.name.find_first_not_of(' ');
    list.push_back({{"rows", one.name.substr(begin)},
                    {"count", one.rows},
                    {"median_error", one.median},
                    {"mean_error", one.mean},
                    {"bias", one.bias},
                    {"worst_error", one.worst},
                    {"rank_correlation", one.rank_correlation},
                    {"below_bound", one.below_bound}});
  }
  return list;
}

Json to_json(const GemminiPrediction& one) {
  return {{"row", one.row->id},
          {"layer", one.row->layer},
          {"kind", one.row->kind},
          {"array", one.row->array},
          {"exact_shape", one.row->exact},
          {"fitted_on", one.fitted_on},
          {"measured", one.row->measured},
          {"predicted", one.costs.cycles},
          {"uncalibrated", one.uncalibrated},
          {"bound", one.row->least_cycles},
          {"most_cycles_in", one.bound()}};
}

Json gemmini_json(const SiliconAnswer& answer) {
  Json rows = Json::array();
  for (const GemminiPrediction& one : answer.gemmini.predictions) {
    rows.push_back(to_json(one));
  }
  return {{"fitted", answer.gemmini.fitted},
          {"constants_before", to_json(answer.gemmini.before)},
          {"constants", to_json(answer.gemmini.calibrated)},
          {"errors", to_json(answer.gemmini_errors)},
          {"errors_before", to_json(answer.gemmini_uncalibrated)},
          {"rows", std::move(rows)}};
}

Json eyeriss_json(const std::vector<EyerissPrediction>& predictions) {
  Json list = Json::array();
  for (const EyerissPrediction& one : predictions) {
    list.push_back(
        {{"layer", one.row->layer},
         {"measured_seconds", 1e-3 * one.row->milliseconds},
         {"predicted_seconds", 1e-3 * one.milliseconds},
         {"ideal_seconds", 1e-3 * one.ideal_milliseconds},
         {"active_pes", one.active_pes},
         {"measured_watts", 1e-3 * one.row->milliwatts},
         {"predicted_watts", 1e-3 * one.milliwatts},
         {"energy",
          {{"mac", one.energy.mac}, {"l1", one.energy.l1}, {"l2", one.energy.l2}, {"noc", one.energy.noc}}}});
  }
  return list;
}

Json energy_json(const SiliconAnswer& answer) {
  Json levels = Json::array();
  for (const EnergyByLevel& one : answer.energy) {
    levels.push_back({{"layer", one.layer},
                      {"alu_published", one.alu_published},
                      {"alu", one.alu},
                      {"rf_published", one.rf_published},
                      {"rf", one.rf},
                      {"dram_published", one.dram_published},
                      {"dram_least", one.dram_least}});
  }
  Json accesses = Json::array();
  for (const AccessEnergy& one : answer.accesses) {
    accesses.push_back({{"table", one.table},
                        {"mac", one.mac},
                        {"register_file_over_mac", one.register_file},
                        {"buffer_over_mac", one.buffer},
                        {"buffer_over_register_file", one.buffer_over_register_file}});
  }
  return {{"by_level", std::move(levels)}, {"accesses", std::move(accesses)}};
}

Json bounds_json(const SiliconAnswer& answer) {
  Json nvdla = Json::array();
  for (const NvdlaPrediction& one : answer.nvdla) {
    nvdla.push_back({{"macs", one.row->macs},
                     {"atomic_c", one.atomic_c},
                     {"atomic_k", one.atomic_k},
                     {"estimated_fps", one.row->frames_per_second},
                     {"predicted_fps", one.frames_per_second},
                     {"bound_fps", one.bound}});
  }
  Json bounds = Json::array();
  for (const BoundCheck& one : answer.bounds) {
    bounds.push_back({{"what", one.what},
                      {"least", one.least},
                      {"predicted", one.predicted},
                      {"published", one.published},
                      {"unit", one.unit},
                      {"holds", one.holds()}});
  }
  return {{"nvdla", std::move(nvdla)}, {"bounds", std::move(bounds)}};
}

}  // namespace

std::string answer_json(const SiliconAnswer& answer) {
  Json json = {{"format", "inlay-study-silicon"},
               {"format_version", 1},
               {"program_version", base::version()},
               {"study", "silicon"},
               {"data", answer.data},
               {"gemmini", gemmini_json(answer)},
               {"eyeriss", eyeriss_json(answer.eyeriss)},
               {"energy", energy_json(answer)}};
  json.update(bounds_json(answer));
  return json.dump(2) + "\n";
}

std::vector<StudyFile> answer_drawings(const SiliconAnswer& answer) {
  const std::vector<std::string> kinds = {"convolution KxK", "convolution 1x1", "product", "vector product"};
  const std::vector<std::string> sizes = {"4x4", "8x8", "16x16", "32x32", "64x64"};
  std::vector<ScatterPoint> by_kind;
  std::vector<ScatterPoint> by_size;
  for (const GemminiPrediction& one : answer.gemmini.predictions) {
    const auto kind = std::find(kinds.begin(), kinds.end(), one.row->kind) - kinds.begin();
    int size = 0;
    for (std::int64_t rows = 4; rows < one.row->array && size < 4; rows *= 2) {
      ++size;
    }
    const ScatterPoint point = {static_cast<double>(one.row->measured), static_cast<double>(one.costs.cycles),
                                0};
    if (one.row->array == 16 && one.row->exact) {
      by_kind.push_back({point.measured, point.predicted, static_cast<int>(kind)});
    }
    by_size.push_back({point.measured, point.predicted, size});
  }
  std::vector<ScatterPoint> layers;
  std::vector<std::string> names;
  for (const EyerissPrediction& one : answer.eyeriss) {
    layers.push_back({one.row->milliseconds, one.milliseconds, static_cast<int>(names.size())});
    names.push_back(one.row->layer);
  }
  return {{"silicon-gemmini-16.svg", scatter_svg("Gemmini 16x16 in RTL, shapes that ran as stated",
                                                 "measured cycles", "predicted cycles", kinds, by_kind)},
          {"silicon-gemmini-sizes.svg",
           scatter_svg("Gemmini in RTL, all arrays", "measured cycles", "predicted cycles", sizes, by_size)},
          {"silicon-eyeriss.svg",
           scatter_svg("Eyeriss, AlexNet, batch 4", "measured ms", "predicted ms", names, layers)}};
}

}  // namespace inlay::studies::silicon
