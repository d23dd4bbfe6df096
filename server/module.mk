$(eval $(call host_program,ferryserver,server,))
$(ferryserver_objects): module_cflags += $(windows_types)
obj/host/server/registry_default.o: module_cflags += -Wa,-I$(srcdir)/server
obj/host/server/registry_default.o: $(srcdir)/server/default.reg
