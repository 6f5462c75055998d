// Files that were damaged at random are read or refused, never anything else.
#include <gtest/gtest.h>

#include <string>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/base/random.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::workload {
namespace {

/// Replaces, removes, repeats or swaps a few pieces of the text.
std::string damaged(std::string text, base::Random& random) {
  const std::string alphabet = "{}[],:-#&*!|>'\"%@ \n0129axk+/()";
  const auto place = [&] {
    return static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(text.size()) - 1));
  };
  for (std::int64_t edits = random.between(1, 3); edits > 0 && text.size() > 100; --edits) {
    const auto length = static_cast<std::size_t>(random.between(1, 30));
    switch (random.between(0, 3)) {
      case 0:
        text[place()] = alphabet[static_cast<std::size_t>(
            random.between(0, static_cast<std::int64_t>(alphabet.size()) - 1))];
        break;
      case 1:
        text.erase(place(), length);
        break;
      case 2:
        text.insert(place(), text.substr(place(), length));
        break;
      default:
        text.erase(text.size() - length);
    }
  }
  return text;
}

TEST(DamagedFiles, AreReadOrRefused) {
  base::Random random(20240521);
  int refused = 0;
  int read = 0;
  for (const char* name : {"resnet-18", "gpt2-small", "gpt2-medium"}) {
    const std::string text = base::read_file(base::find_data_file(name, "models"));
    for (int i = 0; i < 400; ++i) {
      const std::string broken = damaged(text, random);
      try {
        parse_model(broken, "m.yaml");
        ++read;
      } catch (const base::InputError&) {
        ++refused;
      } catch (const std::exception& error) {
        ADD_FAILURE() << error.what() << "\n" << broken;
      }
    }
  }
  EXPECT_GT(refused, 300);
  EXPECT_GT(read, 50);  // comments and descriptions may change as they like
}

}  // namespace
}  // namespace inlay::workload
