// What a study is asked and what it answers.
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace inlay::studies {

/// What a study tells while it runs: searches done and searches in all.
using StudyProgress = std::function<void(std::size_t done, std::size_t all)>;

struct StudyOptions {
  bool quick = false;                              // only the subset that the study's file calls `quick`
  int threads = 0;                                 // 0: all cores; the answer does not depend on it
  const std::atomic<bool>* interrupted = nullptr;  // set by Ctrl-C
  StudyProgress progress;                          // called from one thread at a time
  std::filesystem::path
      data;  // measurements, for studies that take a folder of them; empty: the shipped ones
  std::filesystem::path journal;  // keeps finished searches for a later run; empty: none are kept
};

/// A drawing that belongs to an answer.
struct StudyFile {
  std::string name;
  std::string content;
};

/// A re-created experiment beside what its paper published.
struct StudyAnswer {
  std::string text;                   // for the terminal
  std::string json;                   // schemas/study*.schema.json
  std::vector<StudyFile> files = {};  // those of study_files
};

}  // namespace inlay::studies
