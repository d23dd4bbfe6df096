ntdll_generated_x86_64 = generated/syscall_stubs_x86_64.o generated/nls_tables.o generated/apiset_table.o
ntdll_generated_i386 = generated/syscall_stubs_i386.o generated/nls_tables.o generated/apiset_table.o
ntdll_generated_host = generated/syscall_wow.o
# memset and its like are here: a loop must not become a call to itself.
ntdll_cflags = -fno-tree-loop-distribute-patterns
$(eval $(call pe_dll,ntdll,))
$(eval $(call host_lib,ntdll,obj/host/loader/pe_parse.o ))

# Characters and code pages: the tables of every program inside ntdll.dll, the others in one file for both architectures.
nls_tools = $(wildcard $(srcdir)/tools/nls*.py)
generated/nls_tables.c: $(nls_tools)
	$(say) GEN $@
	$(Q)$(MKDIR_P) $(@D) && $(PYTHON) $(srcdir)/tools/nls.py tables >$@
lib/ferry/x86_64-windows/ferry.nls: $(nls_tools)
	$(say) GEN $@
	$(Q)$(MKDIR_P) $(@D) && $(PYTHON) $(srcdir)/tools/nls.py file $@
lib/ferry/i386-windows/ferry.nls: lib/ferry/x86_64-windows/ferry.nls
	$(Q)$(MKDIR_P) $(@D) && ln -f $< $@
all_dlls += lib/ferry/x86_64-windows/ferry.nls lib/ferry/i386-windows/ferry.nls

# The checked header parser is shared with the loader command.
lib/ferry/x86_64-unix/ntdll.so: obj/host/loader/pe_parse.o

generated/apiset_table.c: $(srcdir)/dlls/ntdll/apiset.list $(srcdir)/tools/apiset.py
	$(say) GEN $@
	$(Q)$(MKDIR_P) $(@D) && $(PYTHON) $(srcdir)/tools/apiset.py $< >$@
