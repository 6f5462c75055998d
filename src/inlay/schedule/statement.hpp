#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inlay::schedule {

// What is said of a schedule, by whoever made it. Plain numbers: this room cannot evaluate;
// `evaluate::statement_of` fills them in and `verify` works them out again. docs/model.md defines each.

/// Joules by where they are spent.
struct EnergyClaim {
  double mac = 0.0;
  double l1 = 0.0;
  double l2 = 0.0;
  double noc = 0.0;
  double vector = 0.0;
  double l2_traffic = 0.0;
  double network = 0.0;
  double memory = 0.0;
  double static_power = 0.0;
  double total = 0.0;
  bool operator==(const EnergyClaim&) const = default;
};

/// Times in seconds for one mini-batch; energy and memory bytes of all mini-batches.
struct StageClaim {
  bool streamed = false;
  std::vector<int> spilled;  // tensors
  std::int64_t need_bytes = 0;
  double compute = 0.0;
  double in = 0.0;
  double out = 0.0;
  double spill = 0.0;
  double weights = 0.0;
  double steady = 0.0;
  double first = 0.0;
  EnergyClaim energy;
  std::int64_t memory_bytes = 0;
  bool operator==(const StageClaim&) const = default;
};

struct PipelineClaim {
  std::int64_t mini_batches = 1;
  double latency = 0.0;
  double largest_steady = 0.0;
  int bottleneck = 0;  // stage
  EnergyClaim energy;
  std::int64_t memory_bytes = 0;
  std::vector<StageClaim> stages;
  bool operator==(const PipelineClaim&) const = default;
};

struct WindowClaim {
  double latency = 0.0;
  double memory_time = 0.0;
  int bottleneck = -1;  // pipeline, or -1 if the memory's bandwidth decides, or if the window is empty
  std::int64_t memory_bytes = 0;
  std::vector<PipelineClaim> pipelines;
  bool operator==(const WindowClaim&) const = default;
};

/// Of the whole schedule. The three ratios are infinite where their divisor is zero.
struct MetricsClaim {
  double latency = 0.0;  // s
  EnergyClaim energy;
  double edp = 0.0;                // J s
  double throughput = 0.0;         // samples/s
  double steady_throughput = 0.0;  // samples/s
  double energy_efficiency = 0.0;  // samples/J
  std::int64_t samples = 0;
  std::int64_t memory_bytes = 0;
  std::optional<double> pass = {};  // s of one pass, where `latency` is the period of a repeated schedule
  bool operator==(const MetricsClaim&) const = default;
};

/// An option of the strategy (search::OptionRecord) and the value that it had.
struct OptionClaim {
  std::string name;
  std::string value;
  bool operator==(const OptionClaim&) const = default;
};

/// What a search says its answer is worth; the fields of search::Certificate in plain words and numbers.
struct CertificateClaim {
  std::string strategy;
  std::string objective;
  double value = 0.0;
  double lower_bound = 0.0;
  double gap = 0.0;
  bool proven = false;
  std::string space;
  std::string binds;
  std::string stopped_by;
  std::uint64_t seed = 1;
  std::int64_t evaluations = 0;
  double seconds = 0.0;
  std::vector<OptionClaim> options;
  bool operator==(const CertificateClaim&) const = default;
};

/// An input file and the hash of its content (base::content_hash).
struct InputHash {
  std::string file;
  std::string hash;
  bool operator==(const InputHash&) const = default;
};

struct Statement {
  std::string program_version;
  std::vector<InputHash> inputs;
  std::vector<std::string> assumptions;
  MetricsClaim metrics;
  std::vector<WindowClaim> windows;
  std::optional<CertificateClaim> certificate;  // absent if no search made the schedule
  bool operator==(const Statement&) const = default;
};

}  // namespace inlay::schedule
