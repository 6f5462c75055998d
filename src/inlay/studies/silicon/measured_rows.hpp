#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "inlay/cost/systolic/tiled_layer.hpp"

namespace inlay::studies::silicon {

/// One layer and tiling that was run on Gemmini's RTL.
struct GemminiRow {
  std::string id;
  std::string set;         // "16x16" or "multi-dim"
  std::string layer;       // of equal shape
  std::string kind;        // "convolution 1x1", "convolution KxK", "product", "vector product"
  std::int64_t array = 0;  // rows and columns
  bool exact = false;      // the stated shape is the one that ran
  cost::systolic::TiledLayer tiled;
  std::int64_t least_cycles = 0;  // one row of operands a cycle, as the data's authors count it
  std::int64_t measured = 0;      // cycles
};

/// AlexNet on Eyeriss, batch 4.
struct EyerissRow {
  std::string layer;
  double milliseconds = 0.0;  // processing time of the batch
  double milliwatts = 0.0;
  double macs = 0.0;
  std::int64_t active_pes = 0;
};

/// One configuration of NVDLA and the vendor's estimate of its ResNet-50 frames per second.
struct NvdlaRow {
  std::int64_t macs = 0;
  std::int64_t buffer_bytes = 0;
  double bytes_per_second = 0.0;
  double frames_per_second = 0.0;
};

struct MeasuredData {
  std::vector<GemminiRow> gemmini;
  std::vector<EyerissRow> eyeriss;
  std::vector<NvdlaRow> nvdla;
};

/// Reads gemmini_firesim/mappings_16x16.csv, gemmini_firesim/mappings_multi_dim.csv, eyeriss_alexnet.csv and
/// nvdla_primer.csv in `folder` (docs/studies/silicon.md has their columns). Throws base::InputError.
MeasuredData read_measured(const std::filesystem::path& folder);

}  // namespace inlay::studies::silicon
