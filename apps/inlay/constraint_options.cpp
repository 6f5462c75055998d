#include "constraint_options.hpp"

namespace inlay::app {

void declare(Command& command, schedule::ConstraintRequest& constraints) {
  command.option("--constraints", constraints.file, "FILE",
                 "a YAML file of constraints (docs/constraints.md)");
  command.options("--pin", constraints.pins, "MODEL=CHIPLETS",
                  "only on these chiplets, as gpt2=c0,c1; layers with gpt2:FIRST..LAST=c0");
  command.options("--forbid", constraints.bans, "CHIPLETS",
                  "nothing on these chiplets, as c3,c4; of one model: gpt2=c3");
  command.options("--mini-batch", constraints.mini_batches, "MODEL=SIZE", "the model's mini-batch size");
  command.options("--cap", constraints.caps, "MODEL=N", "at most N chiplets at a time for the model");
  command.options("--latency-limit", constraints.latency_limits, "MODEL=TIME",
                  "the model must be done by then, as resnet-50=10ms");
  command.options("--after", constraints.dependencies, "MODEL=MODELS",
                  "the first begins in a window after the last one of the others");
  command.options("--sharding", constraints.shardings, "MODEL=WAYS",
                  "divide layers so on several chiplets, as gpt2=K,N or gpt2:FIRST..LAST=K/N (rows/columns)");
}

}  // namespace inlay::app
