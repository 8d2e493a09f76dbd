// SPDX-License-Identifier: BSL-1.0
/// The registry of primitives has a largest size.
// expected-error: chainrule: there is no room for another primitive; raise highest_rank in chainrule/core/type_list.hpp

#ifdef FIXED
#define FEW_FILLERS
#endif
#define CHAINRULE_EXTRA_PRIMITIVES "compile_fail/primitive_no_room.hpp"
#include <chainrule/chainrule.hpp>
