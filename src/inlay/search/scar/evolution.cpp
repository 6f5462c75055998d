#include "inlay/search/scar/evolution.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/search/parallel.hpp"

namespace inlay::search::scar {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// For each model the inner cuts, ascending, as indices into its part's cuts.
using Genome = std::vector<std::vector<int>>;

struct Individual {
  Genome genome;
  std::vector<Candidate> candidates;  // [model]
  double fitness = kInfinite;
  std::vector<packing::WindowPoint> front;
};

/// Stage figures of one model's part and one mini-batch size, worked out where they are asked for.
struct Grid {
  Grid(const EvolutionQuestion& question, const ModelPart& part, int size)
      : asked(grid_request(question.problem, question.trie, part, size)),
        mini_batch(asked.mini_batch),
        mini_batches(asked.mini_batches),
        stages(asked) {}
  pipelines::StageRequest asked;
  std::int64_t mini_batch;
  std::int64_t mini_batches;
  pipelines::StageGrid stages;
};

/// Independent streams of random numbers, whichever thread asks for them.
base::Random stream(std::uint64_t seed, std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  for (const std::uint64_t part : {a, b, c}) {
    seed = base::Random(seed ^ (part + 1)).next();
  }
  return base::Random(seed);
}

class Evolution {
 public:
  Evolution(const EvolutionQuestion& question, const StopClock& clock, std::int64_t evaluations_left)
      : question_(question), clock_(clock), evaluations_left_(evaluations_left) {
    grids_.resize(question.plan.parts.size());
    for_each_index(question.threads, grids_.size(), [&](std::size_t m) {
      const ModelPart& part = question.plan.parts[m];
      for (const int size : part.sizes) {
        if (clock.expired()) {
          return;  // a large batch has thousands of sizes
        }
        grids_[m].push_back(std::make_unique<Grid>(question, part, size));
      }
    });
  }

  Evolved run() {
    for (provision_ = 0; provision_ < question_.plan.provisions.size() && result_.complete; ++provision_) {
      std::vector<Individual> population = first_generation();
      evaluate(population, 0);
      for (int generation = 1; generation <= question_.knobs.generations && result_.complete; ++generation) {
        population = children(population, generation);
        evaluate(population, generation);
      }
    }
    return std::move(result_);
  }

 private:
  int chiplets_of(std::size_t model) const { return question_.plan.provisions[provision_][model]; }
  int last_cut(std::size_t model) const {
    return static_cast<int>(question_.plan.parts[model].cuts.size()) - 1;
  }

  /// Cuts into segments of about equal expected latency, each cut moved by up to `jitter` of a segment.
  std::vector<int> even_cuts(std::size_t model, int segments, double jitter, base::Random& random) const {
    const std::vector<double>& until = question_.plan.parts[model].until;
    std::vector<int> cuts;
    for (int k = 1; k < segments; ++k) {
      const double target = until.back() * (k + jitter * (random.fraction() - 0.5)) / segments;
      cuts.push_back(static_cast<int>(std::lower_bound(until.begin(), until.end(), target) - until.begin()));
    }
    tidy(cuts, last_cut(model));
    return cuts;
  }

  /// Sorted, each once, inner ones only.
  static void tidy(std::vector<int>& cuts, int last) {
    std::erase_if(cuts, [last](int cut) { return cut <= 0 || cut >= last; });
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  }

  /// One individual uses all chiplets, one a single chiplet for each model, so that some can always be
  /// placed.
  std::vector<Individual> first_generation() const {
    base::Random random = stream(question_.seed, provision_, 0, 0);
    std::vector<Individual> population(static_cast<std::size_t>(question_.knobs.population));
    for (std::size_t i = 0; i < population.size(); ++i) {
      for (std::size_t m = 0; m < question_.plan.parts.size(); ++m) {
        const int segments = i == 0   ? chiplets_of(m)
                             : i == 1 ? 1
                                      : static_cast<int>(random.between(1, chiplets_of(m)));
        population[i].genome.push_back(even_cuts(m, segments, i == 0 ? 0.0 : 1.0, random));
      }
    }
    return population;
  }

  std::vector<Individual> children(const std::vector<Individual>& parents, int generation) const {
    base::Random random = stream(question_.seed, provision_, static_cast<std::uint64_t>(generation), 0);
    const auto best = std::min_element(parents.begin(), parents.end(),
                                       [](const auto& a, const auto& b) { return a.fitness < b.fitness; });
    std::vector<Individual> next(1);
    next.front().genome = best->genome;
    while (next.size() < parents.size()) {
      Genome child = better_of_two(parents, random).genome;
      if (random.fraction() < question_.knobs.crossover) {
        const Genome& other = better_of_two(parents, random).genome;
        for (std::size_t m = 0; m < child.size(); ++m) {
          child[m] = random.between(0, 1) == 0 ? child[m] : other[m];
        }
      }
      for (std::size_t m = 0; m < child.size(); ++m) {
        if (random.fraction() < question_.knobs.mutation) {
          mutate(m, child[m], random);
        }
      }
      next.emplace_back().genome = std::move(child);
    }
    return next;
  }

  static const Individual& better_of_two(const std::vector<Individual>& parents, base::Random& random) {
    const auto last = static_cast<std::int64_t>(parents.size()) - 1;
    const Individual& a = parents[static_cast<std::size_t>(random.between(0, last))];
    const Individual& b = parents[static_cast<std::size_t>(random.between(0, last))];
    return b.fitness < a.fitness ? b : a;
  }

  void mutate(std::size_t model, std::vector<int>& cuts, base::Random& random) const {
    const int last = last_cut(model);
    const std::int64_t kind = random.between(0, 2);
    if (kind == 0 && static_cast<int>(cuts.size()) + 1 < chiplets_of(model) && last > 1) {
      cuts.push_back(static_cast<int>(random.between(1, last - 1)));
    } else if (!cuts.empty()) {
      const auto chosen =
          static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(cuts.size()) - 1));
      if (kind == 1) {
        cuts.erase(cuts.begin() + static_cast<std::ptrdiff_t>(chosen));
      } else {
        const int low = chosen == 0 ? 1 : cuts[chosen - 1] + 1;
        const int high = chosen + 1 == cuts.size() ? last - 1 : cuts[chosen + 1] - 1;
        cuts[chosen] = static_cast<int>(random.between(low, high));
      }
    }
    tidy(cuts, last);
  }

  /// The cuts with the mini-batch size whose pipeline has the best expected score.
  Candidate cost(std::size_t model, const std::vector<int>& inner) {
    const ModelPart& part = question_.plan.parts[model];
    std::vector<int> cuts = {0};
    cuts.insert(cuts.end(), inner.begin(), inner.end());
    cuts.push_back(last_cut(model));
    Candidate best;
    best.score = kInfinite;
    for (const std::unique_ptr<Grid>& grid : grids_[model]) {
      Candidate candidate{grid->mini_batch, grid->mini_batches, 0.0, {}, {}};
      candidate.figures = figures_on_places(grid->stages, question_.trie.places.size(), cuts);
      candidate.score = expected_score(candidate, cuts.size() - 1);
      if (best.figures.empty() || candidate.score < best.score) {
        best = std::move(candidate);
      }
    }
    for (const int cut : cuts) {
      best.cuts.push_back(part.cuts[static_cast<std::size_t>(cut)]);
    }
    return best;
  }

  double expected_score(const Candidate& candidate, std::size_t stages) const {
    double first = 0.0;
    double steady = 0.0;
    double energy = 0.0;
    for (std::size_t k = 0; k < stages; ++k) {
      const ExpectedStage stage =
          expected_stage(&candidate.figures[k * question_.trie.places.size()], question_.shares);
      first += stage.first;
      steady = std::max(steady, stage.steady);
      energy += stage.energy;
    }
    const auto refills = static_cast<double>(candidate.mini_batches - 1);
    return question_.objective.partial_value(refills > 0.0 ? first + refills * steady : first, energy);
  }

  /// A model's grids are filled by one thread; the walks then only read.
  void evaluate(std::vector<Individual>& population, int generation) {
    const std::int64_t planned =
        static_cast<std::int64_t>(population.size()) * static_cast<std::int64_t>(question_.knobs.walks);
    if (clock_.expired() || result_.evaluations + planned > evaluations_left_) {
      result_.complete = false;
      return;
    }
    for (Individual& individual : population) {
      individual.candidates.resize(individual.genome.size());
    }
    for_each_index(question_.threads, grids_.size(), [&](std::size_t m) {
      for (Individual& individual : population) {
        if (!clock_.expired()) {
          individual.candidates[m] = cost(m, individual.genome[m]);
        }
      }
    });
    if (clock_.expired()) {
      result_.complete = false;
      return;
    }
    for_each_index(question_.threads, population.size(), [&](std::size_t i) {
      walk(population[i], stream(question_.seed, provision_, static_cast<std::uint64_t>(generation), i + 1));
    });
    result_.evaluations += planned;
    result_.complete = !clock_.expired();
    for (Individual& individual : population) {
      merge_front(result_.front, std::move(individual.front));
    }
  }

  void walk(Individual& individual, base::Random random) const {
    std::vector<const Candidate*> candidates;
    for (const Candidate& candidate : individual.candidates) {
      candidates.push_back(&candidate);
    }
    RandomPlacement placement(question_.ground, question_.plan.parts, candidates, random);
    for (int i = 0; i < question_.knobs.walks; ++i) {
      if (i % 64 == 0 && clock_.expired()) {
        return;
      }
      if (!placement.walk() || placement.latest_begin() < 0.0) {
        continue;
      }
      const double latency = placement.latency();
      const double energy = placement.energy();
      individual.fitness = std::min(individual.fitness, question_.objective.partial_value(latency, energy));
      const bool beaten = std::any_of(individual.front.begin(), individual.front.end(),
                                      [&](const packing::WindowPoint& other) {
                                        return other.latency <= latency && other.energy <= energy &&
                                               other.latest_begin >= placement.latest_begin();
                                      });
      if (!beaten) {
        merge_front(individual.front,
                    {{latency, energy, placement.pipelines(), 0.0, placement.latest_begin()}});
      }
    }
  }

  const EvolutionQuestion& question_;
  const StopClock& clock_;
  std::int64_t evaluations_left_;
  std::vector<std::vector<std::unique_ptr<Grid>>> grids_;  // [model][size]
  std::size_t provision_ = 0;
  Evolved result_;
};

}  // namespace

Evolved evolve_window(const EvolutionQuestion& question, const StopClock& clock,
                      std::int64_t evaluations_left) {
  return Evolution(question, clock, evaluations_left).run();
}

}  // namespace inlay::search::scar
