#pragma once

#include "inlay/studies/study.hpp"

namespace inlay::studies::silicon {

/// Inlay's layer costs beside cycles of RTL and of chips (docs/studies/silicon.md). The data are in
/// `options.data`, else a handful of rows in data/studies/silicon. Throws base::InputError for what is wrong
/// in them.
StudyAnswer run(const StudyOptions& options);

}  // namespace inlay::studies::silicon
