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
  std::filesystem::path journal;  // keeps finished searches for a later run; empty: none are kept
};

/// A re-created experiment beside what its paper published.
struct StudyAnswer {
  std::string text;  // for the terminal
  std::string json;  // schemas/study.schema.json
};

std::vector<std::string> study_names();
/// Throws base::InputError with the nearest spelling for an unknown name.
void require_study(const std::string& name);
/// Throws base::InputError for an unknown name and for what is wrong in the study's files,
/// base::InfeasibleError if it was interrupted or cannot be carried out.
StudyAnswer run_study(const std::string& name, const StudyOptions& options);

/// Whether a file is meant to state what a study varies: by its keys, as `inlay check` recognises files.
bool is_study_file(const std::filesystem::path& file);
/// What such a file states: "study '2312.09401', 1050 points". Throws base::InputError for what is wrong.
std::string check_study_file(const std::filesystem::path& file);

}  // namespace inlay::studies
