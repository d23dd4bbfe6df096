ntdll_generated_x86_64 = generated/syscall_stubs_x86_64.o
ntdll_generated_i386 = generated/syscall_stubs_i386.o
# memset and its like are here: a loop must not become a call to itself.
ntdll_cflags = -fno-tree-loop-distribute-patterns
$(eval $(call pe_dll,ntdll,))
$(eval $(call host_lib,ntdll,))
