#include <fmt/format.h>

#include <algorithm>

#include "inlay/report/text/text_table.hpp"
#include "inlay/studies/rank_correlation.hpp"
#include "inlay/studies/silicon/answer.hpp"

namespace inlay::studies::silicon {
namespace {

using report::text::Align;
using report::text::TextTable;

std::string percent(double share) {
  return fmt::format("{:+.1f}%", 100.0 * share);
}

std::string size_of(double share) {
  return fmt::format("{:.1f}%", 100.0 * share);
}

std::string errors_text(const std::vector<ErrorSummary>& summaries) {
  TextTable table({{"rows"},
                   {"number", Align::kRight},
                   {"median error", Align::kRight},
                   {"mean", Align::kRight},
                   {"bias", Align::kRight},
                   {"worst", Align::kRight},
                   {"rank correlation", Align::kRight},
                   {"below the bound", Align::kRight}});
  for (const ErrorSummary& one : summaries) {
    table.add({one.name, fmt::format("{}", one.rows), size_of(one.median), size_of(one.mean),
               percent(one.bias), size_of(one.worst), fmt::format("{:.4f}", one.rank_correlation),
               fmt::format("{}", one.below_bound)});
  }
  return table.text();
}

std::string constants_text(const Calibration& constants) {
  return fmt::format(
      "tile command {} cycles, half of it for products; line that is not in the cache {} (read), {} "
      "(written)",
      constants.command, constants.read_miss, constants.write_miss);
}

std::string gemmini_text(const SiliconAnswer& answer) {
  const GemminiStudy& study = answer.gemmini;
  return "Gemmini in RTL: predicted against measured cycles, |predicted / measured - 1|\n\n" +
         errors_text(answer.gemmini_errors) + "\nthe same before calibration\n\n" +
         errors_text(answer.gemmini_uncalibrated) + "\n" +
         report::text::text_of_pairs(
             {{"before", constants_text(study.before)},
              {study.fitted ? "fitted" : "as shipped", constants_text(study.calibrated)},
              {"", study.fitted ? "fitted to every other layer of the 16x16 rows of exact shape"
                                : "too few layers to fit to: the constants of the chiplet file"}});
}

std::string eyeriss_text(const std::vector<EyerissPrediction>& predictions) {
  TextTable table({{"layer"},
                   {"measured ms", Align::kRight},
                   {"predicted", Align::kRight},
                   {"error", Align::kRight},
                   {"MACs over active PEs", Align::kRight},
                   {"PEs", Align::kRight},
                   {"measured mW", Align::kRight},
                   {"predicted", Align::kRight},
                   {"MAC, RF, buffer, network"}});
  double measured = 0.0;
  double predicted = 0.0;
  double measured_energy = 0.0;
  double predicted_energy = 0.0;
  for (const EyerissPrediction& one : predictions) {
    measured += one.row->milliseconds;
    predicted += one.milliseconds;
    measured_energy += one.row->milliseconds * one.row->milliwatts;
    predicted_energy += one.milliseconds * one.milliwatts;
    const double total = one.energy.total();
    table.add({one.row->layer, fmt::format("{:.1f}", one.row->milliseconds),
               fmt::format("{:.2f}", one.milliseconds), percent(one.error()),
               fmt::format("{:.1f}", one.ideal_milliseconds), fmt::format("{}", one.active_pes),
               fmt::format("{:.0f}", one.row->milliwatts), fmt::format("{:.0f}", one.milliwatts),
               fmt::format("{:.0f}%, {:.0f}%, {:.0f}%, {:.0f}%", 100 * one.energy.mac / total,
                           100 * one.energy.l1 / total, 100 * one.energy.l2 / total,
                           100 * one.energy.noc / total)});
  }
  table.add({"total", fmt::format("{:.1f}", measured), fmt::format("{:.2f}", predicted),
             percent(predicted / measured - 1.0), "", "", fmt::format("{:.0f}", measured_energy / measured),
             fmt::format("{:.0f}", predicted_energy / predicted), ""});
  return "Eyeriss, AlexNet, batch 4: no constant is fitted\n\n" + table.text();
}

std::string energy_text(const SiliconAnswer& answer) {
  TextTable levels({{"layer"},
                    {"ALU published", Align::kRight},
                    {"counted", Align::kRight},
                    {"RF published", Align::kRight},
                    {"4 per MAC", Align::kRight},
                    {"DRAM published", Align::kRight},
                    {"each tensor once", Align::kRight}});
  for (const EnergyByLevel& one : answer.energy) {
    levels.add({one.layer, fmt::format("{:.2f}", one.alu_published), fmt::format("{:.2f}", one.alu),
                fmt::format("{:.2f}", one.rf_published), fmt::format("{:.2f}", one.rf),
                fmt::format("{:.2f}", one.dram_published), fmt::format("{:.2f}", one.dram_least)});
  }
  TextTable accesses({{"energy of an access over that of a MAC of the same width"},
                      {"MAC pJ", Align::kRight},
                      {"512 B", Align::kRight},
                      {"108 KiB", Align::kRight},
                      {"buffer / 512 B", Align::kRight}});
  for (const AccessEnergy& one : answer.accesses) {
    accesses.add({one.table, one.mac > 0.0 ? fmt::format("{:.3f}", 1e12 * one.mac) : "-",
                  fmt::format("{:.2f}", one.register_file), fmt::format("{:.2f}", one.buffer),
                  fmt::format("{:.1f}", one.buffer_over_register_file)});
  }
  return "Energy by level, ISCA 2016 Figure 10, batch 16, in 10^9 MACs\n\n" + levels.text() + "\n" +
         accesses.text();
}

std::string nvdla_text(const std::vector<NvdlaPrediction>& predictions) {
  if (predictions.empty()) {
    return "";
  }
  TextTable table({{"MACs", Align::kRight},
                   {"atomic C x K", Align::kRight},
                   {"vendor's estimate fps", Align::kRight},
                   {"predicted", Align::kRight},
                   {"error", Align::kRight},
                   {"all MACs busy", Align::kRight}});
  std::vector<double> predicted;
  std::vector<double> estimated;
  for (const NvdlaPrediction& one : predictions) {
    predicted.push_back(one.frames_per_second);
    estimated.push_back(one.row->frames_per_second);
    table.add({fmt::format("{}", one.row->macs), fmt::format("{} x {}", one.atomic_c, one.atomic_k),
               fmt::format("{:.1f}", one.row->frames_per_second),
               fmt::format("{:.1f}", one.frames_per_second),
               percent(one.frames_per_second / one.row->frames_per_second - 1.0),
               fmt::format("{:.1f}", one.bound)});
  }
  return "NVDLA, ResNet-50, batch 1: a vendor's estimate, for the trend\n\n" + table.text() +
         fmt::format("rank correlation {:.3f}\n", spearman_rho(predicted, estimated).value_or(1.0));
}

std::string bounds_text(const std::vector<BoundCheck>& bounds) {
  if (bounds.empty()) {
    return "";
  }
  TextTable table({{"bound"},
                   {"all MACs busy", Align::kRight},
                   {"predicted", Align::kRight},
                   {"published", Align::kRight},
                   {"unit"},
                   {"holds"}});
  for (const BoundCheck& one : bounds) {
    table.add({one.what, fmt::format("{:.3f}", one.least), fmt::format("{:.3f}", one.predicted),
               fmt::format("{:.3f}", one.published), one.unit, one.holds() ? "yes" : "no"});
  }
  return table.text();
}

}  // namespace

std::string answer_text(const SiliconAnswer& answer) {
  std::string text = fmt::format("Held against silicon: {}\n\n", answer.data);
  for (const std::string& part : {gemmini_text(answer), eyeriss_text(answer.eyeriss), energy_text(answer),
                                  nvdla_text(answer.nvdla), bounds_text(answer.bounds)}) {
    text += part.empty() ? "" : part + "\n";
  }
  return text;
}

}  // namespace inlay::studies::silicon
