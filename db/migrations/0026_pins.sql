-- A PIN that does not open any more may be replaced: nobody could register the number with it again.
grant update (pin_enc) on number_registrations to app_tenant;
