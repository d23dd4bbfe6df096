kernelbase_generated_x86_64 = generated/nls_ctype.o
kernelbase_generated_i386 = generated/nls_ctype.o
$(eval $(call pe_dll,kernelbase,ntdll))

generated/nls_ctype.c: $(wildcard $(srcdir)/tools/nls*.py)
	$(say) GEN $@
	$(Q)$(MKDIR_P) $(@D) && $(PYTHON) $(srcdir)/tools/nls.py ctype >$@
