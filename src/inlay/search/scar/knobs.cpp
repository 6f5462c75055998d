#include "inlay/search/scar/knobs.hpp"

namespace inlay::search::scar {
namespace {

OptionRecord integer(const std::string& name, const std::string& description, const std::string& value,
                     double lowest, double highest) {
  return {name, description, OptionRecord::Kind::kInteger, value, lowest, highest, {}};
}

OptionRecord share(const std::string& name, const std::string& description, const std::string& value) {
  return {name, description, OptionRecord::Kind::kReal, value, 0.0, 1.0, {}};
}

/// The first word is the default.
OptionRecord word(const std::string& name, const std::string& description,
                  const std::vector<std::string>& words) {
  return {name, description, OptionRecord::Kind::kWord, words.front(), 0.0, 0.0, words};
}

}  // namespace

std::vector<OptionRecord> option_records(const std::string& strategy) {
  const std::string to = strategy + ".";
  return {
      integer(to + "splits", "boundaries between windows (SCAR's n_splits)", "4", 0, 16),
      word(to + "packing",
           "layers into windows: first-fit by expected latency, or uniform, equally many in each window",
           {"first-fit", "uniform"}),
      word(to + "provisioning",
           "chiplets to models: rule, in proportion to their weights, or exhaustive, all ways (at most "
           "10,000)",
           {"rule", "exhaustive"}),
      word(to + "weight",
           "a model's weight for the rule: its expected latency, energy or EDP in the window; objective: the "
           "one "
           "that is sought (EDP for a formula)",
           {"objective", "latency", "energy", "edp"}),
      integer(to + "top", "segmentations of each model that are combined with those of the others", "16", 1,
              1000),
      integer(
          to + "segmentations",
          "most segmentations of a model's part of a window that are scored; where there are more, segments "
          "begin at fewer places, evenly spread over the expected latency",
          "200000", 1, 1e8),
      integer(to + "cuts", "most places in a model's part of a window at which segments may begin", "96", 1,
              1000),
      integer(to + "cap", "most chiplets of a model with many small layers; 0: no cap", "0", 0, 256),
      integer(to + "cap_layers", "the cap holds for a model with more layers than this in the window", "0", 0,
              1e6),
      word(to + "mini_batch",
           "best: the best of all distinct ceil(batch / i); whole: the batch at once, stages do not overlap",
           {"best", "whole"}),
      word(to + "search",
           "exhaustive: all placements; evolutionary: over segmentations, with sampled placements; by-size: "
           "exhaustive up to 9 chiplets",
           {"by-size", "exhaustive", "evolutionary"}),
      integer(to + "population", "evolutionary: individuals of a generation", "10", 2, 1000),
      integer(to + "generations", "evolutionary: generations after the first", "4", 0, 100000),
      share(to + "crossover", "evolutionary: share of children that have two parents", "0.9"),
      share(to + "mutation", "evolutionary: chance of each model of a child to be changed", "0.3"),
      integer(to + "walks", "evolutionary: placements that are tried for each individual", "200", 1, 1e6),
  };
}

ScarKnobs scar_knobs(const Settings& settings, const std::string& strategy) {
  const auto integer_of = [&](const char* name) { return settings.integer(strategy + "." + name); };
  const auto small = [&](const char* name) { return static_cast<int>(integer_of(name)); };
  const auto word_of = [&](const char* name) { return settings.word(strategy + "." + name); };
  ScarKnobs knobs;
  knobs.splits = small("splits");
  knobs.uniform_packing = word_of("packing") == "uniform";
  knobs.all_provisions = word_of("provisioning") == "exhaustive";
  knobs.weight = word_of("weight");
  knobs.top = small("top");
  knobs.segmentations = integer_of("segmentations");
  knobs.cuts = small("cuts");
  knobs.cap = small("cap");
  knobs.cap_layers = small("cap_layers");
  knobs.whole_batch = word_of("mini_batch") == "whole";
  knobs.search = word_of("search");
  knobs.population = small("population");
  knobs.generations = small("generations");
  knobs.crossover = settings.real(strategy + ".crossover");
  knobs.mutation = settings.real(strategy + ".mutation");
  knobs.walks = small("walks");
  return knobs;
}

}  // namespace inlay::search::scar
