// Runs a fuzz target without libFuzzer: over its corpus and over a stated number of changed copies, always
// the same ones. Usage: replay_NAME CORPUS-FOLDER CHANGED-COPIES
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "inlay/base/file.hpp"
#include "inlay/base/random.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Texts = std::vector<std::string>;
namespace fs = std::filesystem;

Texts load_corpus(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  Texts texts;
  for (const fs::path& path : paths) {
    texts.push_back(inlay::base::read_file(path));
  }
  return texts;
}

/// What the corpus's files are made of, and some words that readers stumble over.
Texts words_of(const Texts& corpus) {
  Texts words = {"0", "1",  "-1", "2147483647", "2147483648",         "1073741824", "9223372036854775808",
                 "'", "\"", "\n", "//",         std::string(1, '\0'), "\xff"};
  for (const std::string& text : corpus) {
    std::size_t begin = 0;
    while ((begin = text.find_first_not_of(" \t\n,;:()", begin)) != std::string::npos) {
      const std::size_t end = std::min(text.find_first_of(" \t\n,;:()", begin), text.size());
      words.push_back(text.substr(begin, end - begin));
      begin = end;
    }
  }
  return words;
}

class Mutator {
 public:
  explicit Mutator(const Texts& corpus) : corpus_(corpus), words_(words_of(corpus)), random_(1) {}

  std::string next() {
    std::string text = one_of(corpus_);
    for (std::int64_t changes = random_.between(1, 4); changes > 0; --changes) {
      change(text);
    }
    return text;
  }

 private:
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(count) - 1));
  }
  const std::string& one_of(const Texts& texts) { return texts[below(texts.size())]; }

  void change(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = below(std::min<std::size_t>(text.size() - at, 40) + 1);
    switch (random_.between(0, 4)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, text.substr(at, length));
        break;
      case 2:
        text.insert(at, 1, static_cast<char>(random_.between(0, 255)));
        break;
      case 3:
        replace_word(text, at);
        break;
      default:
        text = text.substr(0, at) + one_of(corpus_).substr(0, 4000);
    }
  }

  /// The word that begins behind `at` gives way to another one.
  void replace_word(std::string& text, std::size_t at) {
    const std::size_t begin = text.find_first_of(" (,", at);
    if (begin == std::string::npos) {
      return;
    }
    const std::size_t end = std::min(text.find_first_of(" ,)\n;", begin + 1), text.size());
    text.replace(begin + 1, end - begin - 1, one_of(words_));
  }

  const Texts& corpus_;
  Texts words_;
  inlay::base::Random random_;
};

void run(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: " << argv[0] << " CORPUS-FOLDER CHANGED-COPIES\n";
    return 2;
  }
  const Texts corpus = load_corpus(argv[1]);
  if (corpus.empty()) {
    std::cerr << argv[1] << ": no files\n";
    return 2;
  }
  for (const std::string& text : corpus) {
    run(text);
  }
  Mutator mutator(corpus);
  const long copies = std::strtol(argv[2], nullptr, 10);
  for (long i = 0; i < copies; ++i) {
    run(mutator.next());
  }
  std::cout << corpus.size() << " files and " << copies << " changed copies: every one was answered\n";
  return 0;
}
