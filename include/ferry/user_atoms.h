/* User atoms that every session has without asking: the classes of user32 and what programs register most. */
#ifndef FERRY_USER_ATOMS_H
#define FERRY_USER_ATOMS_H

#define USER_ATOM_FIRST 0xc100u /* given by the server */

#define USER_FIXED_ATOMS                                                                                      \
    { 0xc001, L"Button" }, { 0xc002, L"ComboBox" }, { 0xc003, L"ComboLBox" },      \
        { 0xc004, L"Edit" }, { 0xc005, L"ListBox" }, { 0xc006, L"MDIClient" }, { 0xc007, L"ScrollBar" },      \
        { 0xc008, L"Static" }, { 0xc009, L"Message" }, { 0xc00a, L"IME" }, { 0xc00b, L"MSUIM.Msg.RpcSendReceive" },   \
        { 0xc00c, L"commctrl_DragListMsg" }, { 0xc00d, L"Rich Text Format" }, { 0xc00e, L"HTML Format" },     \
        { 0xc00f, L"TaskbarCreated" }, { 0xc010, L"FerryPing" }, { 0xc011, L"DataObject" }, { 0xc012, L"Ole Private Data" },\
        { 0xc013, L"Embedded Object" }, { 0xc014, L"Link Source" }, { 0xc015, L"ObjectLink" }, { 0xc016, L"OwnerLink" },    \
        { 0xc017, L"FileName" }, { 0xc018, L"FileNameW" }, { 0xc019, L"PNG" }, { 0xc01a, L"SysListView32" },   \
        { 0xc01b, L"SysTreeView32" }, { 0xc01c, L"SysTabControl32" }, { 0xc01d, L"SysHeader32" },             \
        { 0xc01e, L"ToolbarWindow32" }, { 0xc01f, L"msctls_statusbar32" }, { 0xc020, L"msctls_progress32" },  \
        { 0xc021, L"msctls_updown32" }, { 0xc022, L"msctls_trackbar32" }, { 0xc023, L"tooltips_class32" },    \
        { 0xc024, L"ReBarWindow32" }, { 0xc025, L"SysAnimate32" }, { 0xc026, L"SysLink" },                    \
        { 0xc027, L"commdlg_FindReplace" }, { 0xc028, L"commdlg_help" }

#endif
