# The libraries that libloaderapi.c loads, beside it.
# loader_library NAME ARCH SOURCES: tests/kernelbase/libs/NAME.c as tests/ARCH/kernelbase/NAME.dll
define loader_library
tests/$(2)/kernelbase/$(1).dll: $(srcdir)/tests/kernelbase/libs/$(1).c $(srcdir)/tests/kernelbase/libs/order.h $(3)
	$$(say) TEST.$(2) kernelbase/libs/$(1).c
	$$(Q)$$(MKDIR_P) $$(@D) && $$(CC_$(2)) $$(test_cflags) -shared -nostdlib -nostartfiles -ffreestanding \
	  -Wl,-e,$(if $(filter i386,$(2)),_)DllMain$(if $(filter i386,$(2)),@12) -Wl,--enable-auto-image-base \
	  -o $$@ $$< $(3) $(4) -lkernel32 -lgcc
all_tests += tests/$(2)/kernelbase/$(1).dll
endef
define loader_libraries
$(call loader_library,inner,$(1))
$(call loader_library,outer,$(1),$(srcdir)/tests/kernelbase/libs/outer.def tests/$(1)/kernelbase/inner.dll)
$(call loader_library,refuses,$(1),tests/$(1)/kernelbase/inner.dll)
$(call loader_library,local,$(1))
endef
$(foreach arch,$(ARCHS),$(eval $(call loader_libraries,$(arch))))
