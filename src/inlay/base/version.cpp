#include "inlay/base/version.hpp"

namespace inlay::base {

std::string_view version() {
  return INLAY_VERSION;
}

}  // namespace inlay::base
