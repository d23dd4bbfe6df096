$(eval $(call host_program,ferryserver,server,))
$(ferryserver_objects): module_cflags += $(windows_types)
